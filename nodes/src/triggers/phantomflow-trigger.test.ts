import { describe, expect, it } from 'vitest';
import { type Delivery, deliveryContext } from './__fixtures__/delivery-context.ts';
import { takePhantomFlowNotice } from './phantomflow-trigger.ts';

const ID = '0f6a2c11-7a40-4a9e-9c55-2b8f3d1e7a60';
const notice = (status: string, more: object = {}) => JSON.stringify({ job_id: ID, status, ...more });
const answering =
  (body: object, status = 200) =>
  () => ({ status, body });
const DONE = { job_id: ID, status: 'completed', output_url: 'https://cdn.example.com/own.mp4', credits_used: 4 };

let nodes = 0;
async function take(change: Partial<Delivery> = {}) {
  nodes += 1;
  const { context, answered, asked } = deliveryContext({
    body: notice('completed'),
    parameters: { states: ['succeeded', 'failed'] },
    // An account of its own for each: what one test is refused must not hold up the next.
    apiKey: `ve_live_${nodes}`,
    nodeId: `phantomflow-${nodes}`,
    api: answering(DONE),
    ...change,
  });
  const response = await takePhantomFlowNotice(context);
  return { response, status: answered.status, item: response.workflowData?.[0]?.[0]?.json, asked };
}

describe('a notice of PhantomFlow', () => {
  it('starts the workflow with the job as it was read, not as it was told', async () => {
    const { item, asked } = await take({ body: notice('completed', { output_url: 'https://evil.example/x.mp4' }) });
    expect(asked).toEqual([`/api/jobs/${ID}`]);
    expect(item).toMatchObject({
      event: 'render.completed',
      jobId: ID,
      state: 'succeeded',
      output: { url: 'https://cdn.example.com/own.mp4' },
    });
    expect(JSON.stringify(item)).not.toContain('evil');
  });

  it('tells of a failure by its typed code', async () => {
    const failed = { job_id: ID, status: 'failed', error: { code: 'RENDER_FAILED', message: 'no source' } };
    const { item } = await take({ body: notice('completed'), api: answering(failed) });
    expect(item).toMatchObject({ event: 'render.failed', state: 'failed', failure: { code: 'RENDER_FAILED' } });
  });

  it.each([
    ['a job that still runs', { api: answering({ job_id: ID, status: 'rendering' }) }, 'still running'],
    [
      'a job of another account',
      { api: answering({ error: { code: 'NOT_FOUND', message: 'm' } }, 404) },
      'unknown job',
    ],
    ['an end that was not chosen', { parameters: { states: ['failed'] } }, 'state'],
    ['nothing', { body: '{}' }, 'no job'],
    ['no JSON', { body: 'x' }, 'no job'],
    ['what is no job id', { body: '{"job_id":"../../admin"}' }, 'unknown job'],
  ] as [string, Partial<Delivery>, string][])('about %s starts nothing', async (_what, change, ignored) => {
    expect((await take(change)).response).toEqual({ webhookResponse: { received: true, ignored } });
  });

  it('is to come again where the job cannot be read', async () => {
    const api = answering({ error: { code: 'UNAUTHORIZED', message: 'm' } }, 401);
    const { response, status } = await take({ api });
    expect([response, status]).toEqual([{ noWebhookResponse: true }, 503]);
  });

  it('starts the workflow once for each job and state', async () => {
    const staticData = {};
    const nodeId = 'phantomflow-twice';
    expect((await take({ staticData, nodeId })).item).toBeDefined();
    expect((await take({ staticData, nodeId })).response).toEqual({
      webhookResponse: { received: true, ignored: 'repeat' },
    });
  });

  it('is to come again, and never makes n8n start an empty run, where the credential is gone', async () => {
    const { response, status } = await take({ apiKey: undefined });
    expect([response, status]).toEqual([{ noWebhookResponse: true }, 503]);
  });
});
