import { describe, expect, it } from 'vitest';
import type { FakeAnswer, SeenRequest } from '../../testing/fake-host.ts';
import { jsons, openNode, posts } from '../../testing/node-stage.ts';

const JOB = '0f6a2c11-7a40-4a9e-9c55-2b8f3d1e7a60';
const DONE = { job_id: JOB, status: 'completed', output_url: 'https://cdn.example/o/film.mp4', credits_used: 4 };
const TEMPLATES = [
  { id: 'tpl_1', name: 'Intro', script: { scenes: [{ elements: [{ text: '{{name}}' }] }] } },
  { id: 'tpl_2', name: 'Outro' },
];

const open = (resource: string, operation: string, parameters: object, answer: (request: SeenRequest) => FakeAnswer) =>
  openNode('phantomflow', answer, { parameters: { resource, operation, jobId: JOB, ...parameters } });

describe('PhantomFlow renders', () => {
  it('are looked at one by one or as a list, up to a limit', async () => {
    expect(jsons((await open('render', 'get', {}, () => ({ body: DONE })).run())[0])).toMatchObject([
      { jobId: JOB, state: 'succeeded', cost: { amount: 4, unit: 'credits' } },
    ]);
    const jobs = Array.from({ length: 5 }, (_, at) => ({ ...DONE, job_id: `pf-${at}` }));
    const list = (parameters: object) => open('render', 'getMany', parameters, () => ({ body: { jobs } })).run();
    expect(jsons((await list({ limit: 2 }))[0])).toHaveLength(2);
    expect(jsons((await list({ returnAll: true, limit: 2 }))[0])).toHaveLength(5);
  });

  it('are downloaded into a binary field, without the key for the file host', async () => {
    const node = open('render', 'download', { binaryPropertyName: 'data' }, ({ path }) =>
      path.startsWith('/api/')
        ? { body: DONE }
        : { headers: { 'content-type': 'video/mp4' }, body: new Uint8Array([0, 9]) },
    );
    expect((await node.run())[0]).toMatchObject([{ json: { jobId: JOB, fileName: 'film.mp4' }, binary: { data: {} } }]);
    expect([...(node.kept.get('film.mp4') ?? [])]).toEqual([0, 9]);
    expect(node.host.seen.map(({ options }) => options.headers?.['x-api-key'] !== undefined)).toEqual([true, false]);
  });

  it('are validated without a submit, and with what they will cost at least', async () => {
    const node = open('render', 'validate', { movie: { scenes: [] } }, () => ({ status: 404 }));
    expect(jsons((await node.run())[0])).toMatchObject([
      { valid: false, issues: [{ field: 'scenes' }], estimate: { credits: expect.any(Number) } },
    ]);
    expect(posts(node.host)).toEqual([]);
  });

  it('carry the webhook of the options', async () => {
    const parameters = {
      movie: '{"scenes":[{}]}',
      options: { webhookUri: 'https://n8n.example/hook', checkFirst: false },
    };
    const node = open('render', 'create', parameters, () => ({
      status: 202,
      body: { job_id: 'pf-1', status: 'queued' },
    }));
    await node.run();
    expect(posts(node.host)[0]?.json).toEqual({ scenes: [{}], webhook_uri: 'https://n8n.example/hook' });
  });
});

describe('PhantomFlow templates', () => {
  const accepted = { status: 202, body: { job_id: 'pf-1', status: 'queued' } };

  it.each([
    [{ variables: { value: { name: 'Ada', none: null } } }, { mode: 'list', value: 'tpl_1' }],
    [{ variablesMode: 'json', variablesJson: '{"name":"Ada"}' }, 'tpl_1'],
  ])('are rendered with their variables, from %j', async (given, templateId) => {
    const node = open('template', 'render', { templateId, ...given }, () => accepted);
    expect(jsons((await node.run())[0])).toMatchObject([{ jobId: 'pf-1', state: 'queued' }]);
    expect(posts(node.host)).toMatchObject([
      { path: '/api/render/template', json: { template_id: 'tpl_1', variables: { name: 'Ada' } } },
    ]);
  });

  it('are listed, short unless the script is wanted, and found by their id', async () => {
    const answer = () => ({ body: { templates: TEMPLATES } });
    const [first] = jsons((await open('template', 'getMany', { limit: 1 }, answer).run())[0]);
    expect(first).toEqual({ templateId: 'tpl_1', provider: 'phantomflow', name: 'Intro', variables: ['name'] });
    const get = (templateId: string) => open('template', 'get', { templateId }, answer).run();
    expect(jsons((await get('tpl_1'))[0])).toMatchObject([{ templateId: 'tpl_1', script: { scenes: [{}] } }]);
    expect(jsons((await get('tpl_9'))[0])).toEqual([
      { error: expect.objectContaining({ code: 'NOT_FOUND', field: 'templateId' }) },
    ]);
    expect(jsons((await get(' '))[0])).toEqual([{ error: expect.objectContaining({ field: 'templateId' }) }]);
  });

  it('are stored, and refused by the name of what is wrong', async () => {
    const create = (parameters: object) =>
      open('template', 'create', parameters, () => ({ status: 201, body: { template_id: 'tpl_3' } }));
    const node = create({ name: 'Titles', script: { scenes: [{}] }, isPublic: true });
    expect(jsons((await node.run())[0])).toMatchObject([{ templateId: 'tpl_3', name: 'Titles', isPublic: true }]);
    expect(posts(node.host)[0]?.json).toEqual({ name: 'Titles', script: { scenes: [{}] }, is_public: true });
    const nameless = create({ name: '', script: '{}' });
    expect(jsons((await nameless.run())[0])).toEqual([{ error: expect.objectContaining({ field: 'name' }) }]);
    expect(nameless.host.seen).toEqual([]);
  });
});

it('tells the limits as this process keeps them, and asks nobody', async () => {
  const node = openNode('phantomflow', () => ({}), {
    parameters: { resource: 'account', operation: 'getLimits' },
    credentials: { apiKey: 've_test_limits', plan: 'starter', workerProcesses: 2 },
  });
  expect(jsons((await node.run())[0])).toMatchObject([
    { isSandboxKey: true, window: { requestsPerMinute: 30 }, slots: { capacity: 2, taken: 0 }, queue: { waiting: 0 } },
  ]);
  expect(node.host.seen).toEqual([]);
});
