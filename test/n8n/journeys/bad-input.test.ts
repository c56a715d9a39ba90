import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { flowOf, REQUESTS, renderNode } from '../harness/render-nodes.ts';
import { openStage, type Provider, type Stage } from '../harness/stage.ts';
import type { Item } from '../harness/workflow.ts';

let stage: Stage;
const credentials = new Map<Provider, Readonly<Record<string, string>>>();

beforeAll(async () => {
  stage = await openStage();
  credentials.set('rendobar', await stage.credential('rendobar', 'rb_sandbox_input', { plan: 'pro' }));
  credentials.set('phantomflow', await stage.credential('phantomflow', 've_test_pro_input', { plan: 'pro' }));
});
afterAll(() => stage.close());

interface Case {
  readonly provider: Provider;
  readonly action: string;
  readonly parameters: object;
  readonly items: readonly Item[];
  readonly credentials?: Readonly<Record<string, string>>;
}

async function run({ provider, action, parameters, items, credentials: own }: Case) {
  const node = renderNode({
    name: 'Node',
    provider,
    action,
    parameters,
    credentials: own ?? credentials.get(provider) ?? {},
    onError: 'continueErrorOutput',
  });
  const execution = await stage.n8n.run(flowOf(node, items, 2));
  expect(execution.status).toBe('success');
  return { good: execution.json('Node 0'), bad: execution.json('Node 1') };
}

const GOOD = {
  rendobar: JSON.stringify(REQUESTS.rendobar),
  phantomflow: JSON.stringify(REQUESTS.phantomflow),
} as const;
const items = (...texts: readonly unknown[]): Item[] => texts.map((text) => ({ json: { text } }));
const noStack = (json: unknown) => expect(JSON.stringify(json)).not.toMatch(/\bat \S+ \(|\.js:\d+|stack/);

describe.each([
  ['rendobar', 'job.create', 'requestJson', { requestMode: 'json', requestJson: '={{ $json.text }}' }],
  ['rendobar', 'job.renderAndWait', 'requestJson', { requestMode: 'json', requestJson: '={{ $json.text }}' }],
  ['phantomflow', 'render.create', 'movie', { movie: '={{ $json.text }}' }],
  ['phantomflow', 'render.renderAndWait', 'movie', { movie: '={{ $json.text }}' }],
] as const)('%s %s', (provider, action, field, parameters) => {
  it.each([
    ['text that is no JSON', '{ "width": 64, '],
    ['a list', '[1, 2]'],
    ['an empty text', ''],
    ['a number', '42'],
    ['null', null],
  ])('names the parameter for %s, and the items beside it go on', async (_what, text) => {
    const { good, bad } = await run({
      provider,
      action,
      parameters,
      items: items(GOOD[provider], text, GOOD[provider]),
    });
    expect(good).toHaveLength(2);
    expect(bad).toMatchObject([
      { error: { code: 'INVALID_REQUEST', category: 'request', field, remedy: expect.stringMatching(/\w/), provider } },
    ]);
    noStack(bad);
  });
});

describe('job ids', () => {
  it.each([
    ['rendobar', 'job.get', '4d9d46e5-6a3b-4d4f-9e35-64a4c2b0b6f1', 'PhantomFlow'],
    ['phantomflow', 'render.get', 'job_6f2a', 'Rendobar'],
    ['rendobar', 'job.cancel', '4d9d46e5-6a3b-4d4f-9e35-64a4c2b0b6f1', 'PhantomFlow'],
    ['phantomflow', 'render.download', 'job_6f2a', 'Rendobar'],
  ] as const)('of the other vendor are told apart: %s %s', async (provider, action, jobId, other) => {
    const parameters = { jobId: '={{ $json.text }}', binaryPropertyName: 'data' };
    const { bad } = await run({ provider, action, parameters, items: items(jobId, '') });
    expect(bad).toMatchObject([
      { error: { code: 'INVALID_REQUEST', field: 'jobId', message: expect.stringContaining(other) } },
      { error: { code: 'INVALID_REQUEST', field: 'jobId', message: expect.stringContaining('empty') } },
    ]);
    noStack(bad);
  });

  it('that nobody knows are NOT_FOUND', async () => {
    const { bad } = await run({
      provider: 'rendobar',
      action: 'job.get',
      parameters: { jobId: '={{ $json.text }}' },
      items: items('job_00000000000000000000'),
    });
    expect(bad).toMatchObject([{ error: { code: 'NOT_FOUND', providerCode: 'NOT_FOUND' } }]);
  });
});

it('binary data that is missing is a typed item, and the file beside it is uploaded', async () => {
  const file = { data: Buffer.from('RIFF').toString('base64'), mimeType: 'audio/wav', fileName: 'a.wav' };
  const { good, bad } = await run({
    provider: 'rendobar',
    action: 'file.upload',
    parameters: { binaryPropertyName: 'sound' },
    items: [{ json: {} }, { json: {}, binary: { sound: file } }],
  });
  expect(good).toHaveLength(1);
  expect(bad).toMatchObject([{ error: { code: 'INVALID_REQUEST', message: expect.stringContaining('sound') } }]);
  noStack(bad);
});

it.each([
  ['an empty key', { apiKey: '  ' }],
  ['a base URL that is none', { apiKey: 'rb_sandbox', baseUrl: 'not a url' }],
  ['plain http to somewhere else', { apiKey: 'rb_sandbox', baseUrl: 'http://192.0.2.7/rendobar' }],
])('%s is a typed error of every item', async (_what, data) => {
  const id = await stage.n8n.createCredential({
    name: 'wrong',
    type: 'rendobarApi',
    data: { baseUrl: stage.sandbox.rendobarUrl, ...data },
  });
  const { good, bad } = await run({
    provider: 'rendobar',
    action: 'job.create',
    parameters: { requestMode: 'json', requestJson: GOOD.rendobar },
    items: items(1, 2),
    credentials: { rendobarApi: id },
  });
  expect(good).toEqual([]);
  expect(bad).toHaveLength(2);
  for (const json of bad)
    expect(json).toMatchObject({ error: { code: expect.any(String), remedy: expect.any(String) } });
  noStack(bad);
});
