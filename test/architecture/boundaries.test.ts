import { describe, expect, it } from 'vitest';
import { type ImportEdge, importCycles, importEdges } from './import-graph.ts';
import { type ImportRule, RULES } from './rules.ts';

const edges = importEdges();

/** A relative import may not leave its package: the other one has a door. */
const packageOf = (path: string) => /^(packages\/[^/]+|mcp-server|nodes|test)\//.exec(path)?.[1];

function broken(rule: ImportRule, among: readonly ImportEdge[]): string[] {
  return among
    .filter(({ from }) => rule.from.test(from) && !rule.except?.test(from))
    .filter(({ to }) => rule.never?.some((no) => no.test(to)) || (rule.may && !rule.may.some((yes) => yes.test(to))))
    .map(({ from, to }) => `${from} -> ${to}`);
}

describe('import rules', () => {
  it.each(RULES)('$name', (rule) => {
    expect(broken(rule, edges)).toEqual([]);
  });

  it('no relative import leaves its own package', () => {
    const strays = edges.filter(({ from, to }) => packageOf(to) && packageOf(from) !== packageOf(to));
    expect(strays).toEqual([]);
  });

  it('no imports go round in a circle', () => {
    expect(importCycles(edges)).toEqual([]);
  });

  it('sees static, type-only, re-exported and dynamic imports, and every room', () => {
    expect(new Set(edges.map(({ from }) => packageOf(from)))).toContain('packages/core');
    expect(edges.length).toBeGreaterThan(50);
    const typeOnly = { from: 'packages/core/src/contract/job.ts', to: 'packages/core/src/errors/render-error.ts' };
    expect(edges).toContainEqual(typeOnly);
  });

  it.each([
    ['packages/core/src/errors/codes.ts', 'zod'],
    ['packages/core/src/providers/rendobar/index.ts', 'packages/core/src/providers/phantomflow/errors.ts'],
    ['packages/core/src/retry/retry.ts', 'node:timers'],
    ['packages/sandbox/src/index.ts', '@renderq/core'],
    ['packages/demo/src/main.ts', '@renderq/core/node'],
  ])('would refuse %s importing %s', (from, to) => {
    expect(RULES.flatMap((rule) => broken(rule, [{ from, to }]))).not.toEqual([]);
  });

  it('finds a circle of two files', () => {
    const circle = [
      { from: 'a.ts', to: 'b.ts' },
      { from: 'b.ts', to: 'a.ts' },
    ];
    expect(importCycles(circle)).toEqual([['a.ts', 'b.ts', 'a.ts']]);
  });
});
