import { RenderError } from '@renderq/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Bench, createBench, MOVIE } from '../__fixtures__/test-bench.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await createBench();
});
afterEach(() => bench.close());

describe('validate_render', () => {
  it('finds nothing wrong with a good request and hands it on', async () => {
    const seen = await bench.call('validate_render', { provider: 'phantomflow', request: MOVIE });
    expect(seen.isError).toBe(false);
    expect(seen.envelope.issues).toEqual([]);
    expect(seen.envelope.nextAction).toMatchObject({ tool: 'submit_render', arguments: { request: MOVIE } });
    expect(bench.phantomflow.submits).toEqual([]);
  });

  it('lists everything that is known against a request, by its path from the tool', async () => {
    bench.phantomflow.report = {
      valid: false,
      issues: [
        { field: 'scenes.0.duration', message: 'must be number, not string' },
        { field: 'request', message: 'must have at least 2 fields' },
      ],
      checkedAgainst: 'live',
    };
    const seen = await bench.call('validate_render', { provider: 'phantomflow', request: { scenes: [{}] } });
    expect(seen.isError).toBe(false);
    expect(seen.envelope.issues).toEqual([
      { field: 'request.scenes.0.duration', message: 'must be number, not string' },
      { field: 'request', message: 'must have at least 2 fields' },
    ]);
    expect(seen.text).toContain('and 1 more');
    expect(seen.envelope.nextAction).toMatchObject({ tool: 'list_providers' });
    expect(seen.envelope.warnings).toBeUndefined();
  });

  it('says when only the shape could be checked', async () => {
    bench.phantomflow.report = { valid: true, issues: [], checkedAgainst: 'none' };
    const seen = await bench.call('validate_render', { provider: 'phantomflow', request: MOVIE });
    expect(seen.envelope.warnings).toEqual(['PhantomFlow has no schema for this request: only its shape was checked.']);
    expect(seen.envelope.nextAction).toBeDefined();
  });

  it('says why the schema of the provider was not used', async () => {
    const { record: schemaError } = new RenderError({ code: 'NETWORK', message: 'no answer' });
    bench.phantomflow.report = { valid: true, issues: [], checkedAgainst: 'bundled', schemaError };
    const seen = await bench.call('validate_render', { provider: 'phantomflow', request: MOVIE });
    expect(seen.isError).toBe(false);
    expect(seen.envelope.warnings).toHaveLength(1);
    expect(seen.envelope.warnings?.join()).toContain('NETWORK');
  });

  it('keeps what a schema says free of control characters and bounded', async () => {
    const issue = { field: 'scenes', message: `\u001b[31m${'must '.repeat(1000)}` };
    bench.phantomflow.report = { valid: false, issues: [issue], checkedAgainst: 'live' };
    const seen = await bench.call('validate_render', { provider: 'phantomflow', request: MOVIE });
    const [told] = seen.envelope.issues ?? [];
    expect(told?.message).not.toContain('\u001b');
    expect(told?.message.length).toBeLessThan(1001);
  });

  it('checks the shape without an account, and says what it could not check', async () => {
    await bench.close();
    bench = await createBench({ RENDOBAR_API_KEY: 'rb_x' });
    const seen = await bench.call('validate_render', { provider: 'phantomflow', request: MOVIE });
    expect(seen.isError).toBe(false);
    expect(seen.envelope.warnings?.join()).toContain('UNAUTHENTICATED');
    bench.issues.push({ field: 'scenes', message: 'At least one scene is required.' });
    const bad = await bench.call('validate_render', { provider: 'phantomflow', request: {} });
    expect(bad.envelope.issues).toEqual([{ field: 'request.scenes', message: 'At least one scene is required.' }]);
    expect(bench.made).toEqual([]);
  });
});
