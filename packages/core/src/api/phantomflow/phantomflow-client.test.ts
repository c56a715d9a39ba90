import fc from 'fast-check';
import { describe, expect, expectTypeOf, it } from 'vitest';
import type { RenderClient } from '../../contract/client.ts';
import { RenderError } from '../../errors/render-error.ts';
import { createPQueueLane } from '../../host/p-queue-lane.ts';
import type { DownloadRequest, Transfer } from '../../ports/transfer.ts';
import { createAccountRegistry } from '../../queue/account-registry.ts';
import { accepted, inTurn } from '../../testing/answers.ts';
import { rejection } from '../../testing/scripted-client.ts';
import {
  type Answer,
  createScriptedTransport,
  errorAnswer,
  type Fault,
  type Handler,
} from '../../testing/scripted-transport.ts';
import { createVirtualClock } from '../../testing/virtual-clock.ts';
import { createPhantomFlowClient, isPhantomFlowSandboxKey, type PhantomFlowClient } from './phantomflow-client.ts';

const JOB = '0f6a2c11-7a40-4a9e-9c55-2b8f3d1e7a60';
const SCRIPT = { scenes: [{ duration: 4, elements: [{ type: 'text', text: '{{headline}}' }] }] };

function open(handler: Handler, apiKey = 've_live_0123456789') {
  const clock = createVirtualClock();
  const wire = createScriptedTransport(clock, handler);
  const ports = { transport: wire.transport, clock, random: () => 0.5, lanes: createPQueueLane };
  const accounts = createAccountRegistry();
  const make = () => createPhantomFlowClient({ apiKey }, ports, accounts);
  return { clock, wire, client: make(), make };
}

const answering = (...answers: readonly (Answer | Fault)[]) => open(inTurn(...answers)());
const sent = (wire: { readonly requests: readonly { readonly body?: string }[] }, at = 0) =>
  JSON.parse(wire.requests[at]?.body ?? 'null');

describe('a PhantomFlow client', () => {
  it('is a RenderClient of the account, with its key in the header', async () => {
    const { client, clock, wire } = answering({ body: { job_id: JOB, status: 'processing' } });
    expectTypeOf<PhantomFlowClient>().toExtend<RenderClient>();
    expect(await clock.run(client.get(JOB))).toMatchObject({ id: JOB, state: 'running', provider: 'phantomflow' });
    expect(wire.log()).toEqual([`GET /api/jobs/${JOB}`]);
    expect(wire.requests[0]?.headers['x-api-key']).toBe('ve_live_0123456789');
  });

  it('knows a sandbox key', () => {
    expect(open(inTurn(accepted)(), 've_test_1').client.isSandbox).toBe(true);
    expect(open(inTurn(accepted)(), 've_live_1').client.isSandbox).toBe(false);
    expect(isPhantomFlowSandboxKey(' ve_test_1')).toBe(true);
  });

  it('submits a movie, and a template with its variables', async () => {
    const { client, clock, wire } = answering(accepted);
    const job = await clock.run(client.renderMovie(SCRIPT));
    expect(job).toMatchObject({ id: 'pf-1', state: 'queued', estimatedCredits: 4 });
    await clock.run(client.renderTemplate({ templateId: 'tpl_1', variables: { headline: 'Hi' } }));
    await clock.run(client.cancel('none').catch(() => undefined));
    expect(wire.log()).toEqual(['GET /api/render/schema', 'POST /api/render', 'POST /api/render/template']);
    expect(sent(wire, 1)).toEqual(SCRIPT);
    expect(sent(wire, 2)).toEqual({ template_id: 'tpl_1', variables: { headline: 'Hi' } });
  });

  it('sends the webhook address of a template render', async () => {
    const { client, clock, wire } = answering(accepted);
    await clock.run(client.renderTemplate({ templateId: 'tpl_1', webhookUri: 'https://hooks.example/pf' }));
    expect(sent(wire)).toEqual({ template_id: 'tpl_1', webhook_uri: 'https://hooks.example/pf' });
  });

  it('refuses a template render that cannot be one before it is sent', async () => {
    const { client, wire } = answering(accepted);
    const noId = await rejection(client.renderTemplate({ templateId: ' ' }));
    expect(noId.record).toMatchObject({ code: 'INVALID_REQUEST', field: 'templateId' });
    const variables = ['x'] as unknown as Record<string, unknown>;
    const noVariables = await rejection(client.renderTemplate({ templateId: 'tpl_1', variables }));
    expect(noVariables.record).toMatchObject({ code: 'INVALID_REQUEST', field: 'variables' });
    expect(wire.requests).toHaveLength(0);
  });

  it('tells a missing template by its code', async () => {
    const { client, clock } = answering(errorAnswer(404, 'TEMPLATE_NOT_FOUND'));
    const error = await clock.run(rejection(client.renderTemplate({ templateId: 'tpl_1' })));
    expect(error.record).toMatchObject({ code: 'NOT_FOUND', providerCode: 'TEMPLATE_NOT_FOUND' });
    expect(error.record.remedy).toContain('GET /api/templates');
  });

  it('lists the jobs of the account', async () => {
    const jobs = [1, 2, 3].map((n) => ({ job_id: `j-${n}`, status: 'completed' }));
    const { client, clock } = answering({ body: { jobs, total: 9 } });
    const page = await clock.run(client.jobs.list({ limit: 2 }));
    expect(page.jobs.map(({ id }) => id)).toEqual(['j-1', 'j-2']);
    expect(page.total).toBe(9);
  });

  it('reads the schema of movies once for all clients of the account', async () => {
    const schema = { type: 'object', required: ['scenes'] };
    const { client, make, clock, wire } = answering({ body: schema });
    expect(await clock.run(client.schema())).toEqual(schema);
    expect(await clock.run(make().schema())).toEqual(schema);
    expect(wire.log()).toEqual(['GET /api/render/schema']);
    await clock.advance(300_001);
    await clock.run(client.schema());
    expect(wire.requests).toHaveLength(2);
  });
});

describe('templates', () => {
  it.each<[string, unknown]>([
    ['a bare array', [{ template_id: 'tpl_1', name: 'Reel' }]],
    ['under templates', { templates: [{ id: 'tpl_1', name: 'Reel' }] }],
    ['under data', { data: [{ templateId: 'tpl_1', name: 'Reel' }] }],
    ['under data.templates', { data: { templates: [{ template: { id: 'tpl_1', name: 'Reel' } }] } }],
    ['among what is none', { items: [null, 'x', {}, { id: 'tpl_1', name: 'Reel' }] }],
  ])('are listed from %s', async (_shape, body) => {
    const { client, clock, wire } = answering({ body });
    expect(await clock.run(client.templates.list())).toEqual({ templates: [{ id: 'tpl_1', name: 'Reel' }] });
    expect(wire.log()).toEqual(['GET /api/templates']);
  });

  it('tell all that is known of them', async () => {
    const listed = {
      template_id: 'tpl_1',
      name: 'Reel',
      description: 'd',
      is_public: true,
      script: SCRIPT,
      created_at: 1_790_000_000,
    };
    const { client, clock } = answering({
      body: { templates: [listed, { ...listed, variables: [{ name: 'a' }, 'b'] }], total: 2 },
    });
    const { templates, total } = await clock.run(client.templates.list());
    expect(total).toBe(2);
    expect(templates[0]).toEqual({
      id: 'tpl_1',
      name: 'Reel',
      description: 'd',
      isPublic: true,
      variables: ['headline'],
      script: SCRIPT,
      createdAt: 1_790_000_000_000,
    });
    expect(templates[1]?.variables).toEqual(['a', 'b']);
  });

  it('are created, and what the answer leaves out is what was sent', async () => {
    const { client, clock, wire } = answering({ status: 201, body: { data: { id: 'tpl_9' } } });
    const created = await clock.run(client.templates.create({ name: 'Reel', script: SCRIPT }));
    expect(created).toEqual({ id: 'tpl_9', name: 'Reel', isPublic: false, variables: ['headline'], script: SCRIPT });
    expect(wire.log()).toEqual(['POST /api/templates']);
    expect(sent(wire)).toEqual({ name: 'Reel', script: SCRIPT, is_public: false });
  });

  it('are refused without a name or a script before anything is sent', async () => {
    const { client, wire } = answering(accepted);
    const nameless = await rejection(client.templates.create({ name: ' ', script: SCRIPT }));
    expect(nameless.record).toMatchObject({ code: 'INVALID_REQUEST', field: 'name' });
    const script = [] as unknown as typeof SCRIPT;
    expect((await rejection(client.templates.create({ name: 'n', script }))).record.field).toBe('script');
    expect(wire.requests).toHaveLength(0);
  });

  it.each<[string, Answer | Fault, string]>([
    ['the answer is lost', { fault: 'reset' }, 'NETWORK'],
    ['a gateway answers', { status: 502, body: '<html>' }, 'PROVIDER_ERROR'],
    ['the answer names no template', { status: 201, body: {} }, 'BAD_RESPONSE'],
  ])('are never created twice when %s', async (_what, answer, code) => {
    const { client, clock, wire } = answering(answer);
    const error = await clock.run(rejection(client.templates.create({ name: 'Reel', script: SCRIPT })));
    expect(error.record).toMatchObject({ code, retryable: false });
    expect(error.record.remedy).toMatch(/may have been|before/);
    expect(wire.requests).toHaveLength(1);
  });

  it('have typed errors when they cannot be read', async () => {
    const { client, clock } = answering({ body: { hello: 'world' } });
    expect((await clock.run(rejection(client.templates.list()))).code).toBe('BAD_RESPONSE');
  });
});

describe('a webhook', () => {
  it('is a reason to look, and never a result', async () => {
    const { client, clock, wire } = answering({ body: { job_id: JOB, status: 'processing' } });
    const forged = { job_id: JOB, status: 'completed', output_url: 'https://evil.example/o.mp4' };
    const notice = client.parseWebhook(JSON.stringify(forged));
    expect(notice).toMatchObject({ jobId: JOB, claimedState: 'succeeded' });
    expect(JSON.stringify(notice)).not.toContain('evil');
    expect(wire.requests).toHaveLength(0);
    expect((await clock.run(notice.confirm())).state).toBe('running');
    expect(wire.log()).toEqual([`GET /api/jobs/${JOB}`]);
  });

  it('of a job that is not ours ends as NOT_FOUND', async () => {
    const { client, clock } = answering(errorAnswer(404, 'NOT_FOUND'));
    const notice = client.parseWebhook(JSON.stringify({ data: { job: { id: JOB, status: 'failed' } } }));
    expect((await clock.run(rejection(notice.confirm()))).record).toMatchObject({ code: 'NOT_FOUND', jobId: JOB });
  });

  it('is not even read when it is larger than any could be', () => {
    const { client } = answering(accepted);
    const padded = JSON.stringify({ job_id: JOB, padding: ' '.repeat(1_000_000) });
    expect(() => client.parseWebhook(padded)).toThrow('names no job');
  });

  it('is parsed to a job id that can stand in a path, or refused with its field, whatever it holds', () => {
    const { client } = answering(accepted);
    const bodies = fc.oneof(
      fc.string(),
      fc.json(),
      fc
        .dictionary(fc.constantFrom('job_id', 'id', 'status', 'data', 'job'), fc.jsonValue())
        .map((body) => JSON.stringify(body)),
      fc.constantFrom('{"job_id":"../templates"}', '{"job_id":""}', `{"job_id":"a${' '.repeat(1_000_000)}"}`),
    );
    fc.assert(
      fc.property(bodies, (body) => {
        try {
          expect(client.parseWebhook(body).jobId).toMatch(/^(?!\.{1,2}$)[^/\\]{1,200}$/);
        } catch (error) {
          if (!RenderError.isInstance(error)) throw error;
          expect(error.record).toMatchObject({ code: 'INVALID_REQUEST', field: 'rawBody' });
        }
      }),
    );
  });
});

describe('downloading a film', () => {
  const link = (name: string) => ({ job_id: JOB, status: 'completed', output_url: `https://cdn.example/${name}.mp4` });

  function openFiles(status: (url: string) => number) {
    const asked: DownloadRequest[] = [];
    const clock = createVirtualClock();
    const wire = createScriptedTransport(clock, inTurn({ body: link('first') }, { body: link('second') })());
    const transfer: Transfer = {
      upload: () => Promise.reject(new Error('Nothing is uploaded.')),
      async download(request) {
        asked.push(request);
        const bytes = new Uint8Array([0, 0, 0, 24, 102, 116, 121, 112]);
        const body = (async function* () {
          yield bytes;
        })();
        return { status: status(request.url), headers: {}, body, discard: () => undefined };
      },
    };
    const ports = { transport: wire.transport, transfer, clock, random: () => 0.5, lanes: createPQueueLane };
    return { client: createPhantomFlowClient({ apiKey: 've_live_0123456789' }, ports), clock, asked };
  }

  it('streams the film without the key, and follows a renewed link when the first has expired', async () => {
    const { client, clock, asked } = openFiles((url) => (url.includes('first') ? 403 : 200));
    const download = await clock.run(client.jobs.download(JOB));
    const chunks: number[] = [];
    for await (const chunk of download.body) chunks.push(...chunk);
    expect(chunks).toHaveLength(8);
    expect(asked.map(({ url }) => url)).toEqual(['https://cdn.example/first.mp4', 'https://cdn.example/second.mp4']);
    expect(asked.flatMap(({ headers }) => Object.keys(headers))).not.toContain('x-api-key');
  });

  it('says PROVIDER_UNSUPPORTED where the host moves no files, and OUTPUT_EXPIRED when a fresh link leads nowhere', async () => {
    const early = answering({ body: link('first') });
    const refused = await early.clock.run(rejection(early.client.jobs.download(JOB)));
    expect(refused.record).toMatchObject({ code: 'PROVIDER_UNSUPPORTED' });
    const server = openFiles(() => 404);
    const gone = await server.clock.run(rejection(server.client.jobs.download(JOB)));
    expect(gone.record).toMatchObject({ code: 'OUTPUT_EXPIRED', jobId: JOB });
  });
});
