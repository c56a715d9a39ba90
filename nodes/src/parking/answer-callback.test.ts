import { createHmac } from 'node:crypto';
import { RenderError } from '@renderq/core';
import type { ICredentialDataDecryptedObject, IDataObject, INode, IWebhookFunctions } from 'n8n-workflow';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { toData } from '../items/to-data.ts';
import { type FakeClient, failed, fakeClient, job, succeeded } from './__fixtures__/fake-client.ts';
import { timerClock } from './__fixtures__/timer-clock.ts';
import { answerCallback } from './answer-callback.ts';
import { createEndedJobs, type EndedJobs } from './ended-jobs.ts';
import { timeoutError } from './parked-items.ts';

const SECRET = 'cbsec_of-the-organization';
const NODE: INode = {
  id: 'n1',
  name: 'Rendobar',
  type: 'n8n-nodes-renderq.rendobar',
  typeVersion: 1,
  position: [0, 0],
  parameters: {},
  onError: 'continueErrorOutput',
};
const parked = (jobId: string) => toData({ error: timeoutError('rendobar', jobId, 600_000) });
const STORED = [{ jobId: 'early', state: 'succeeded' }, parked('a'), parked('b')];

let client: FakeClient;
let ended: EndedJobs;

beforeEach(() => {
  vi.useFakeTimers({ now: 1_790_000_000_000 });
  client = fakeClient();
  ended = createEndedJobs();
  for (const id of ['a', 'b']) client.jobs.set(id, job(id));
});
afterEach(() => void vi.useRealTimers());

interface Call {
  readonly body: object | string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly stored?: readonly IDataObject[];
  readonly node?: Partial<INode>;
  readonly secret?: string;
  readonly vendor?: 'rendobar' | 'phantomflow';
  readonly credentials?: () => ICredentialDataDecryptedObject;
}

async function call({
  body,
  headers = {},
  stored = STORED,
  node = {},
  secret = '',
  vendor = 'rendobar',
  ...rest
}: Call) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const answered: { status?: number } = {};
  const own = { ...NODE, ...node };
  const runExecutionData = { executionData: { nodeExecutionStack: [{ node: own, data: {}, source: null }] } };
  const context = {
    getCredentials: async () => (rest.credentials ?? (() => ({ apiKey: 'rb_key', signingSecret: secret })))(),
    getRequestObject: () => ({ rawBody: new TextEncoder().encode(text) }),
    getHeaderData: () => headers,
    getBodyData: () => JSON.parse(text),
    getNode: () => own,
    getResponseObject: () => ({ status: (status: number) => ({ json: () => Object.assign(answered, { status }) }) }),
    evaluateExpression: (_expression: string, index: number) => stored[index],
    runExecutionData,
    helpers: {},
  } as unknown as IWebhookFunctions;
  const response = await answerCallback(context, vendor, { open: () => client, clock: timerClock, ended });
  const [entry] = runExecutionData.executionData.nodeExecutionStack as { metadata?: { resumeError?: unknown } }[];
  return { response, status: answered.status, resumeError: entry?.metadata?.resumeError };
}

const about = (jobId: string) => ({ event: 'job.started', data: { jobId } });

describe('the callback of a parked execution', () => {
  it('resumes it with an item for each stored one, in their order, tied to its input', async () => {
    client.jobs.set('a', succeeded('a'));
    client.jobs.set('b', failed('b'));
    const { response } = await call({ body: about('b') });
    expect(response.workflowData).toMatchObject([
      [
        { json: STORED[0], pairedItem: { item: 0 } },
        { json: { jobId: 'a', state: 'succeeded', output: { url: expect.any(String) } }, pairedItem: { item: 1 } },
        { json: { error: { code: 'RENDER_FAILED', jobId: 'b', remedy: expect.any(String) } }, pairedItem: { item: 2 } },
      ],
    ]);
    expect(response.workflowData?.[0]?.map(({ json }) => Object.keys(json)).at(-1)).toEqual(['error']);
  });

  it.each([
    ['a job that still runs', about('a')],
    ['a job of somebody else', about('job_x')],
    ['nothing', {}],
    ['no JSON', '{"data":'],
  ])('of %s is thanked for and leaves it asleep', async (_what, body) => {
    const { response, status } = await call({ body });
    expect(response).toEqual({ webhookResponse: { received: true, resumed: false } });
    expect(status).toBeUndefined();
  });

  it('never resumes for what a body claims', async () => {
    const answer = call({ body: { event: 'job.completed', data: { jobId: 'a', status: 'complete', output: {} } } });
    await vi.advanceTimersByTimeAsync(2_000);
    expect((await answer).response.workflowData).toBeUndefined();
  });

  it('is to come again where a job cannot be read', async () => {
    client.jobs.set('a', new RenderError({ code: 'NETWORK', message: 'm' }));
    const { response, status } = await call({ body: about('a') });
    expect([response, status]).toEqual([{ noWebhookResponse: true }, 503]);
  });

  it('never makes the webhook throw, whatever is missing', async () => {
    const credentials = () => {
      throw new Error('The credential was deleted.');
    };
    const { response, status } = await call({ body: about('a'), credentials });
    expect([response, status]).toEqual([{ noWebhookResponse: true }, 503]);
  });
});

describe('a signed callback', () => {
  const body = JSON.stringify(about('a'));
  const sign = (secret: string, ageSeconds = 0) => {
    const timestamp = String(Math.floor(Date.now() / 1000) - ageSeconds);
    const hex = createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex');
    return { 'x-rendobar-signature': `sha256=${hex}`, 'x-rendobar-timestamp': timestamp };
  };
  const stored = [parked('a')];
  beforeEach(() => void client.jobs.set('a', succeeded('a')));

  it.each([SECRET, `cbsec_new, ${SECRET}`])('resumes where the credential holds its secret (%#)', async (secret) => {
    const { response } = await call({ body, stored, secret, headers: sign(SECRET) });
    expect(response.workflowData).toHaveLength(1);
  });

  it.each([
    ['with another secret', () => sign('cbsec_of-an-impostor')],
    ['ten minutes ago', () => sign(SECRET, 600)],
    ['not at all', () => ({})],
  ])('is refused where it was signed %s, and no job is read', async (_how, headers) => {
    const { response, status } = await call({ body, stored, secret: SECRET, headers: headers() });
    expect([response, status]).toEqual([{ noWebhookResponse: true }, 401]);
    expect(client.looks).toEqual([]);
  });

  it('is not asked of a provider that signs nothing', async () => {
    const { response } = await call({ body: { job_id: 'a' }, stored, secret: SECRET, vendor: 'phantomflow' });
    expect(response.workflowData).toHaveLength(1);
  });
});

describe('a parked job that fails', () => {
  beforeEach(() => {
    client.jobs.set('a', succeeded('a'));
    client.jobs.set('b', failed('b'));
  });

  it.each([{ onError: 'stopWorkflow' }, { onError: undefined }] as Partial<INode>[])(
    'stops the workflow where that is chosen (%j)',
    async (node) => {
      const { resumeError, response } = await call({ body: about('b'), node });
      expect(resumeError).toMatchObject({
        name: 'NodeApiError',
        message: expect.stringContaining('[item 2]'),
        description: expect.stringContaining('RUNNER_ERROR'),
        context: { code: 'RENDER_FAILED', jobId: 'b' },
      });
      expect(response.workflowData).toHaveLength(1);
    },
  );

  it.each([
    { onError: 'continueErrorOutput' },
    { onError: 'continueRegularOutput' },
    { onError: undefined, continueOnFail: true },
  ] as Partial<INode>[])('stops nothing where the workflow is to go on (%j)', async (node) => {
    expect((await call({ body: about('b'), node })).resumeError).toBeUndefined();
  });
});
