import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Bench, createBench } from './__fixtures__/test-bench.ts';

type Listed = Awaited<ReturnType<Bench['client']['listTools']>>['tools'];

let bench: Bench;
let tools: Listed;

beforeAll(async () => {
  bench = await createBench({});
  tools = (await bench.client.listTools()).tools;
});
afterAll(() => bench.close());

/** What most hosts put in front of the model. */
const visible = (tool: Listed[number]): string =>
  JSON.stringify({ name: tool.name, description: tool.description, inputSchema: tool.inputSchema });

/** Every schema object inside a schema, with the way to it. */
function walk(schema: unknown, path = '#'): [string, Record<string, unknown>][] {
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) return [];
  const own = Object.entries(schema);
  return [[path, schema as Record<string, unknown>], ...own.flatMap(([key, value]) => walk(value, `${path}/${key}`))];
}

describe('tools/list', () => {
  it('offers exactly the seven tools, in the order in which they are used', () => {
    expect(tools.map(({ name }) => name)).toEqual([
      'list_providers',
      'validate_render',
      'submit_render',
      'get_job',
      'list_jobs',
      'cancel_job',
      'probe_media',
    ]);
  });

  it('starts nothing and reads the same every time', async () => {
    expect(JSON.stringify((await bench.client.listTools()).tools)).toBe(JSON.stringify(tools));
    expect(bench.sandbox.starts).toBe(0);
    expect(bench.made).toEqual([]);
  });

  // Four characters a token is on the safe side: OpenAI's o200k vocabulary needs 8 % fewer for the first, 4 % for the second.
  it('costs a model fewer than 1,000 tokens', () => {
    expect(tools.map(visible).join('\n').length / 4).toBeLessThan(1000);
  });

  it('costs fewer than 1,500 tokens even where a host puts the whole list in front of the model', () => {
    expect(JSON.stringify({ tools }).length / 4).toBeLessThan(1500);
  });

  it('reads as it did: whoever changes it sees what clients will', async () => {
    await expect(`${JSON.stringify(tools, null, 2)}\n`).toMatchFileSnapshot('__snapshots__/tools-list.snap');
  });

  it('gives every tool a title, a description of its use and all four hints', () => {
    for (const tool of tools) {
      expect(tool.title).toMatch(/\w/);
      expect(tool.description?.length).toBeGreaterThan(30);
      expect(tool.description?.length).toBeLessThan(1024);
      expect(tool.annotations).toMatchObject({
        readOnlyHint: expect.any(Boolean),
        destructiveHint: expect.any(Boolean),
        idempotentHint: expect.any(Boolean),
        openWorldHint: expect.any(Boolean),
      });
    }
    const reading = tools.filter(({ annotations }) => annotations?.readOnlyHint).map(({ name }) => name);
    expect(reading).toEqual(['list_providers', 'validate_render', 'get_job', 'list_jobs', 'probe_media']);
    expect(tools.filter(({ annotations }) => annotations?.destructiveHint).map(({ name }) => name)).toEqual([
      'cancel_job',
    ]);
  });

  it('uses only schema keywords that every model API takes', () => {
    const refused = [
      '$schema',
      '$ref',
      '$defs',
      'anyOf',
      'oneOf',
      'allOf',
      'not',
      'const',
      'patternProperties',
      'propertyNames',
    ];
    for (const tool of tools) {
      expect(tool.name).toMatch(/^[a-z][a-z0-9_]{0,39}$/);
      expect(tool.inputSchema.type).toBe('object');
      for (const [path, schema] of walk(tool.inputSchema)) {
        for (const keyword of refused) expect(Object.keys(schema), `${tool.name} ${path}`).not.toContain(keyword);
        expect(schema.additionalProperties, `${tool.name} ${path}`).toBeUndefined();
        expect(Array.isArray(schema.type), `${tool.name} ${path}`).toBe(false);
      }
    }
  });

  it('shows the providers as an enum, so that a model need not guess', () => {
    const submit = tools.find(({ name }) => name === 'submit_render');
    expect(submit?.inputSchema.properties?.provider).toEqual({ type: 'string', enum: ['rendobar', 'phantomflow'] });
    expect(submit?.inputSchema.required).toEqual(['provider', 'request']);
  });

  it('admits an error alone in the output schema of every tool', () => {
    for (const { outputSchema, name } of tools) {
      expect(outputSchema?.type, name).toBe('object');
      expect(outputSchema?.required, name).toBeUndefined();
      expect(outputSchema?.properties, name).toHaveProperty('error');
    }
  });
});
