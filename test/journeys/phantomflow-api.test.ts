import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  createNodePhantomFlow,
  isProviderError,
  matchError,
  type PhantomFlowClient,
  type PhantomFlowMovie,
  RenderError,
} from '@renderq/core/node';
import { type Sandbox, startSandbox } from '@renderq/sandbox';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const SCRIPT: PhantomFlowMovie = {
  width: 160,
  height: 90,
  fps: 10,
  scenes: [
    { duration: 0.6, background: '#101820', elements: [{ type: 'text', text: '{{headline}}', font_size: 20 }] },
    { duration: 0.6, background: '#204060', elements: [] },
  ],
};

let sandbox: Sandbox;
let client: PhantomFlowClient;
let receiver: Server;
const posts: string[] = [];
const arrived = Promise.withResolvers<void>();

beforeAll(async () => {
  sandbox = await startSandbox({ limits: { phantomflow: { requestsPerMinute: 600 } } });
  const { phantomflowUrl: baseUrl, keys } = sandbox;
  client = createNodePhantomFlow({ baseUrl, apiKey: keys.phantomflow, limits: { requestsPerMinute: 600 } });
  receiver = createServer(async (incoming, answer) => {
    let text = '';
    for await (const chunk of incoming) text += chunk;
    posts.push(text);
    answer.end();
    arrived.resolve();
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  await sandbox.close();
  receiver.closeAllConnections();
  receiver.close();
});

const rejection = async (promise: Promise<unknown>): Promise<RenderError> => {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (RenderError.isInstance(error)) return error;
  throw new Error('did not reject with a RenderError', { cause: error });
};

describe('the PhantomFlow client against the sandbox', () => {
  it('knows its key, its schema and what a script lacks, before anything is paid', async () => {
    expect(client.isSandbox).toBe(true);
    expect(await client.schema()).toMatchObject({ type: 'object', required: ['scenes'] });
    expect(await client.validate(SCRIPT)).toEqual({ valid: true, issues: [], checkedAgainst: 'live' });
    const broken = { ...SCRIPT, quality: 'hi', scenes: [{ duration: '4', elements: [{ type: 'txt' }] }] };
    const report = await client.validate(broken);
    expect(report.checkedAgainst).toBe('live');
    expect(report.issues.map(({ field }) => field)).toEqual([
      'quality',
      'scenes.0.duration',
      'scenes.0.elements.0.type',
    ]);
    // A submit is refused for the same reasons, and nothing is sent.
    const local = await rejection(client.submit(broken));
    expect(local.record).toMatchObject({ code: 'INVALID_REQUEST', issues: report.issues });
    expect(local.record.httpStatus).toBeUndefined();
    // The service finds fault with the same script, and names one of the same places.
    const refused = await rejection(client.submit(broken, { checkAgainst: 'none' }));
    expect(refused.record).toMatchObject({ code: 'INVALID_REQUEST', providerCode: 'SCHEMA_VALIDATION_ERROR' });
    expect(report.issues.map(({ field }) => field)).toContain(refused.record.field);
  });

  it('stores a template, renders it and hears of its end', async () => {
    const created = await client.templates.create({ name: 'Journey', script: SCRIPT });
    expect(created).toMatchObject({ name: 'Journey', isPublic: false, variables: ['headline'] });
    const { templates } = await client.templates.list();
    expect(templates.find(({ id }) => id === created.id)).toEqual(created);

    const webhookUri = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/done`;
    const job = await client.renderTemplate({ templateId: created.id, variables: { headline: 'Hi' }, webhookUri });
    expect(job.estimatedCredits).toBe(client.estimateCredits(SCRIPT).credits);
    const done = await client.wait(job.id, { timeoutMs: 60_000 });
    expect(done).toMatchObject({ state: 'succeeded', cost: { amount: 2, unit: 'credits' } });

    await arrived.promise;
    const notice = client.parseWebhook(posts[0] ?? '');
    expect(notice).toMatchObject({ jobId: job.id, claimedState: 'succeeded' });
    expect(await notice.confirm()).toMatchObject({ state: 'succeeded', output: { url: done.output?.url } });
    expect((await client.jobs.list({ limit: 1 })).jobs.map(({ id }) => id)).toEqual([job.id]);
  });

  it('tells a missing variable, a missing template and a forged webhook apart', async () => {
    const { id: templateId } = await client.templates.create({ name: 'Bare', script: SCRIPT });
    const bare = await rejection(client.renderTemplate({ templateId }));
    expect(bare.record).toMatchObject({ code: 'INVALID_REQUEST', field: 'variables.headline' });
    const gone = await rejection(client.renderTemplate({ templateId: 'tpl_000000000000' }));
    expect(isProviderError(gone, 'phantomflow', 'TEMPLATE_NOT_FOUND')).toBe(true);
    const forged = client.parseWebhook(`{"job_id":"0f6a2c11-7a40-4a9e-9c55-2b8f3d1e7a60","status":"completed"}`);
    const advice = matchError(await rejection(forged.confirm()), {
      NOT_FOUND: ({ jobId }) => `no job ${jobId}`,
      else: ({ code }) => code,
    });
    expect(advice).toBe('no job 0f6a2c11-7a40-4a9e-9c55-2b8f3d1e7a60');
  });
});
