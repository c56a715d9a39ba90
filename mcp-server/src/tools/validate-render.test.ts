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

  it('lists what the schema of the provider has against a request, by path', async () => {
    bench.phantomflow.schema = {
      type: 'object',
      properties: {
        scenes: {
          type: 'array',
          items: { type: 'object', required: ['duration'], properties: { duration: { type: 'number' } } },
        },
      },
    };
    const request = { scenes: [{ duration: 'long' }, {}] };
    const seen = await bench.call('validate_render', { provider: 'phantomflow', request });
    expect(seen.isError).toBe(false);
    expect(seen.envelope.issues).toEqual([
      { field: 'request.scenes.0.duration', message: 'must be number' },
      { field: 'request.scenes.1.duration', message: 'is required' },
    ]);
    expect(seen.envelope.nextAction).toBeUndefined();
  });

  it('checks the params of a Rendobar job against the schema of its type', async () => {
    bench.rendobar.schema = { type: 'object', required: ['command'], properties: { command: { type: 'string' } } };
    const good = { type: 'ffmpeg', params: { command: '-i a b' } };
    expect((await bench.call('validate_render', { provider: 'rendobar', request: good })).envelope.issues).toEqual([]);
    const bad = await bench.call('validate_render', { provider: 'rendobar', request: { type: 'ffmpeg' } });
    expect(bad.envelope.issues).toEqual([{ field: 'request.params.command', message: 'is required' }]);
  });

  it('still checks the shape when the schema cannot be had or used, and says so', async () => {
    bench.phantomflow.schemaFault = new RenderError({ code: 'NETWORK', message: 'no answer' });
    const offline = await bench.call('validate_render', { provider: 'phantomflow', request: MOVIE });
    expect(offline.isError).toBe(false);
    expect(offline.envelope.warnings?.join()).toContain('NETWORK');
    bench.phantomflow.schemaFault = undefined;
    bench.phantomflow.schema = { type: 'no-such-type' };
    const broken = await bench.call('validate_render', { provider: 'phantomflow', request: MOVIE });
    expect(broken.isError).toBe(false);
    expect(broken.envelope.warnings).toHaveLength(1);
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
