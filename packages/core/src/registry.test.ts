import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { RenderError } from './errors/render-error.ts';
import { findProvider, listErrorRows, listProviders } from './registry.ts';

describe('the registry', () => {
  it('finds every provider that has a folder', () => {
    const folders = readdirSync(new URL('./providers', import.meta.url), { withFileTypes: true }).filter((entry) =>
      entry.isDirectory(),
    );
    expect(
      listProviders()
        .map(({ id }) => id)
        .sort(),
    ).toEqual(folders.map(({ name }) => name).sort());
    for (const { name } of folders) {
      expect(findProvider(name).id).toBe(name);
      const files = readdirSync(new URL(`./providers/${name}`, import.meta.url)).filter(
        (file) => !file.endsWith('.test.ts'),
      );
      expect(files).toEqual(expect.arrayContaining(['errors.ts', 'from-wire.ts', 'index.ts', 'to-wire.ts', 'wire.ts']));
    }
  });

  it.each([
    ['rendobr', 'rendobar'],
    ['Rendobar', 'rendobar'],
    ['phantom-flow', 'phantomflow'],
    ['PhantomFlow', 'phantomflow'],
    ['shotstack', undefined],
    ['', undefined],
    ['constructor', undefined],
  ])('answers %j with the known ids and, where it can, the one that was meant', (typed, meant) => {
    try {
      findProvider(typed);
      expect.unreachable();
    } catch (error) {
      if (!RenderError.isInstance(error)) throw error;
      expect(error.record).toMatchObject({
        code: 'INVALID_REQUEST',
        field: 'provider',
        remedy: 'Use one of: phantomflow, rendobar.',
      });
      if (meant === undefined) expect(error.message).not.toContain('Did you mean');
      else expect(error.message).toContain(`Did you mean "${meant}"?`);
    }
  });

  it('gives every row of every table for the documentation', () => {
    const rows = listErrorRows();
    expect(rows).toHaveLength(listProviders().reduce((sum, { errors }) => sum + Object.keys(errors).length, 0));
    expect(
      rows.find(({ provider, providerCode }) => provider === 'phantomflow' && providerCode === 'RENDER_FAILED'),
    ).toMatchObject({
      httpStatus: 500,
      code: 'RENDER_FAILED',
      category: 'render',
      retryable: false,
      source: 'PhantomFlow error page',
    });
  });
});

describe('the pure door', () => {
  it('reaches no module of Node, no undici, no p-queue and no timer', () => {
    const seen = new Set<string>();
    const foreign = new Set<string>();
    const visit = (url: URL) => {
      if (seen.has(url.href)) return;
      seen.add(url.href);
      const code = readFileSync(url, 'utf8').replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
      expect(code, url.pathname).not.toMatch(/\b(setTimeout|setInterval|setImmediate|process|Buffer|fetch)\s*[.(]/);
      for (const [, target = ''] of code.matchAll(/^(?:import|export|\})[^'\n]*\bfrom '([^'\n]+)';$/gm)) {
        if (target.startsWith('.')) visit(new URL(target, url));
        else foreign.add(target);
      }
    };
    visit(new URL('./index.ts', import.meta.url));
    expect([...foreign].sort()).toEqual(['@cfworker/json-schema', 'fastest-levenshtein', 'tinyqueue', 'valibot']);
    expect([...seen].some((href) => href.includes('/host/') || href.includes('/testing/'))).toBe(false);
    expect(seen.size).toBeGreaterThan(30);
  });
});
