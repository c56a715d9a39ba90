import { ERROR_CODES, findProvider, listErrorRows, RENDER_ERROR_CODES, RenderError } from '@renderq/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Bench, createBench, idOf, submit } from '../__fixtures__/test-bench.ts';
import { REQUEST_TYPES } from '../example-requests.ts';
import { renderPlan } from '../prompts/plan-render.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await createBench();
});
afterEach(() => bench.close());

async function read(uri: string): Promise<{ readonly text: string; readonly mimeType: string | undefined }> {
  const { contents } = await bench.client.readResource({ uri });
  const [first] = contents;
  if (contents.length !== 1 || !first || !('text' in first)) throw new Error('There is no one text.');
  expect(first.uri).toBe(uri);
  return { text: first.text, mimeType: first.mimeType };
}

const complete = async (ref: { uri: string } | { prompt: string }, name: string, value: string, args = {}) => {
  const of =
    'uri' in ref
      ? ({ type: 'ref/resource', uri: ref.uri } as const)
      : ({ type: 'ref/prompt', name: ref.prompt } as const);
  const { completion } = await bench.client.complete({
    ref: of,
    argument: { name, value },
    context: { arguments: args },
  });
  return completion.values;
};

describe('resources', () => {
  it('list the recent jobs beside what always stands there', async () => {
    const id = idOf(await submit(bench, { label: 'intro' }));
    const { resources } = await bench.client.listResources();
    expect(resources.map(({ uri, name }) => [uri, name])).toEqual([
      ['renderq://errors', 'errors'],
      ['renderq://errors/markdown', 'errors-markdown'],
      [`renderq://jobs/${id}`, 'intro'],
      ['renderq://schema/rendobar', 'rendobar request'],
      ['renderq://schema/phantomflow', 'phantomflow request'],
    ]);
  });

  it('show a job as get_job does, and complete its id', async () => {
    const id = idOf(await submit(bench));
    const { text, mimeType } = await read(`renderq://jobs/${id}`);
    expect(mimeType).toBe('application/json');
    expect(JSON.parse(text)).toEqual((await bench.call('get_job', { jobId: id })).envelope);
    expect(await complete({ uri: 'renderq://jobs/{id}' }, 'id', id.slice(0, 10))).toEqual([id]);
    expect(await complete({ uri: 'renderq://jobs/{id}' }, 'id', 'other')).toEqual([]);
    await expect(read('renderq://jobs/job_rqunknown')).rejects.toMatchObject({ code: -32602 });
  });

  it('tell the schema that the provider serves, and say that it is that', async () => {
    bench.phantomflow.schema = { type: 'object', title: 'Movie' };
    const shown = JSON.parse((await read('renderq://schema/phantomflow')).text);
    expect(shown).toEqual({ provider: 'phantomflow', source: 'live', schema: { type: 'object', title: 'Movie' } });
  });

  it('tell the bundled schema with the reason where there is no other', async () => {
    bench.rendobar.bundled = { type: 'object', title: 'Bundled' };
    expect(JSON.parse((await read('renderq://schema/rendobar')).text)).toMatchObject({
      type: 'ffmpeg',
      source: 'bundled',
      note: 'Rendobar serves no schema for this request.',
      schema: { title: 'Bundled' },
      otherTypes: expect.arrayContaining(['renderq://schema/rendobar/compose']),
    });
    bench.rendobar.schema = new RenderError({ code: 'NETWORK', message: 'No answer.', provider: 'rendobar' });
    expect(JSON.parse((await read('renderq://schema/rendobar/compose')).text)).toMatchObject({
      type: 'compose',
      source: 'bundled',
      note: expect.stringContaining('NETWORK'),
    });
    expect(JSON.parse((await read('renderq://schema/phantomflow')).text)).toMatchObject({ source: 'none' });
    await expect(read('renderq://schema/elsewhere')).rejects.toMatchObject({ code: -32602 });
  });

  it('complete providers and types of job', async () => {
    expect(await complete({ uri: 'renderq://schema/{provider}' }, 'provider', 'ph')).toEqual(['phantomflow']);
    const ofType = { uri: 'renderq://schema/{provider}/{type}' };
    expect(await complete(ofType, 'type', 'image.', { provider: 'rendobar' })).toEqual([
      'image.generate',
      'image.edit',
      'image.upscale',
    ]);
    // What every object has is no provider.
    for (const provider of ['constructor', '__proto__']) {
      expect(await complete(ofType, 'type', 'image.g', { provider })).toEqual(['image.generate']);
    }
  });

  it('know a schema of every type of job that they name', () => {
    for (const [provider, types] of Object.entries(REQUEST_TYPES)) {
      for (const type of types) expect([type, findProvider(provider).bundledSchema({ type })]).not.toContain(undefined);
    }
  });

  it('hold both error tables, as data and to read', async () => {
    const table = JSON.parse((await read('renderq://errors')).text);
    expect(table.codes).toHaveLength(RENDER_ERROR_CODES.length);
    expect(table.codes).toContainEqual({ code: 'RATE_LIMITED', ...ERROR_CODES.RATE_LIMITED });
    expect(table.providerCodes).toEqual(JSON.parse(JSON.stringify(listErrorRows())));
    const { text, mimeType } = await read('renderq://errors/markdown');
    expect(mimeType).toBe('text/markdown');
    for (const code of RENDER_ERROR_CODES) expect(text).toContain(`| ${code} |`);
    for (const { providerCode } of listErrorRows()) expect(text).toContain(`| ${providerCode} |`);
  });
});

describe('the prompt plan_render', () => {
  it('names the tools in their order and a request to start from', async () => {
    const { messages } = await bench.client.getPrompt({
      name: 'plan_render',
      arguments: { provider: 'rendobar', goal: 'a title card\u202e' },
    });
    const [{ content } = {}] = messages;
    const text = content?.type === 'text' ? content.text : '';
    expect(text).toBe(renderPlan('rendobar', 'a title card'));
    const steps = [...text.matchAll(/^\d+\. (\w+_\w+)/gm)].map(([, tool]) => tool);
    expect(steps).toEqual(['list_providers', 'probe_media', 'validate_render', 'submit_render', 'get_job']);
    const { tools } = await bench.client.listTools();
    for (const step of steps) expect(tools.map(({ name }) => name)).toContain(step);
    expect(text).toContain('"type":"ffmpeg"');
  });

  it('completes the provider', async () => {
    expect(await complete({ prompt: 'plan_render' }, 'provider', 'r')).toEqual(['rendobar']);
    expect(await complete({ prompt: 'plan_render' }, 'provider', '')).toEqual(['rendobar', 'phantomflow']);
  });
});
