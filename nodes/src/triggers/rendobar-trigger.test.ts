import { createHmac } from 'node:crypto';
import type { IDataObject } from 'n8n-workflow';
import { describe, expect, it } from 'vitest';
import { type Delivery, deliveryContext } from './__fixtures__/delivery-context.ts';
import { takeRendobarDelivery } from './rendobar-trigger.ts';
import { sealSecret } from './seal-secret.ts';

const KEY = 'rb_of-the-credential';
const SECRET = 'whsec_of-the-endpoint';
const registered = (): IDataObject => ({ live: { endpointId: 'whe_1', sealedSecret: { ...sealSecret(SECRET, KEY) } } });

function event(name: string, deliveryId: string, data: object): string {
  return JSON.stringify({ version: '1', event: name, deliveryId, timestamp: 1_790_000_000_000, orgId: 'org_1', data });
}

function signed(body: string, secret = SECRET): Readonly<Record<string, string>> {
  const timestamp = String(Math.floor(Date.now() / 1000));
  const hex = createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex');
  return { 'x-rendobar-signature': `sha256=${hex}`, 'x-rendobar-timestamp': timestamp };
}

const COMPLETED = event('job.completed', 'whd_1', {
  jobId: 'job_1',
  jobType: 'ffmpeg',
  status: 'complete',
  output: { file: { url: 'https://cdn.example.com/1.mp4' } },
});

let nodes = 0;
async function take(change: Partial<Delivery> = {}) {
  nodes += 1;
  const body = change.body ?? COMPLETED;
  const { context, answered, asked } = deliveryContext({
    body,
    headers: signed(body),
    parameters: { events: ['job.completed', 'job.failed', 'balance.low'] },
    apiKey: KEY,
    staticData: registered(),
    nodeId: `rendobar-${nodes}`,
    ...change,
  });
  const response = await takeRendobarDelivery(context);
  return { response, status: answered.status, item: response.workflowData?.[0]?.[0]?.json, asked };
}

describe('a delivery of Rendobar', () => {
  it('starts the workflow with the event, its job, and what was sent', async () => {
    const { item, asked } = await take();
    expect(item).toMatchObject({
      event: 'job.completed',
      deliveryId: 'whd_1',
      orgId: 'org_1',
      jobId: 'job_1',
      job: { jobId: 'job_1', state: 'succeeded', provider: 'rendobar' },
      data: { jobType: 'ffmpeg' },
    });
    expect(asked).toEqual([]);
  });

  it('tells why a job failed, beside an item that did not', async () => {
    const body = event('job.failed', 'whd_1', {
      jobId: 'job_1',
      status: 'failed',
      error: { code: 'RUNNER_ERROR', message: 'exit 1' },
    });
    const { item } = await take({ body });
    expect(item).toMatchObject({
      job: { state: 'failed', failure: { code: 'RENDER_FAILED', providerCode: 'RUNNER_ERROR' } },
    });
    expect(item).not.toHaveProperty('error');
  });

  it('tells of the balance', async () => {
    const { item } = await take({ body: event('balance.low', 'whd_1', { balance: { amount: 0.9 } }) });
    expect(item).toMatchObject({ event: 'balance.low', data: { balance: { amount: 0.9 } } });
  });

  it.each([
    ['unsigned', {}],
    ['signed with another secret', signed(COMPLETED, 'whsec_of-an-impostor')],
    ['signed for another body', signed(`${COMPLETED} `)],
  ])('is refused when it is %s', async (_how, headers) => {
    const { response, status } = await take({ headers });
    expect([response, status]).toEqual([{ noWebhookResponse: true }, 401]);
  });

  it('is refused where no secret of the registration can be opened', async () => {
    expect((await take({ staticData: {} })).status).toBe(401);
    expect((await take({ apiKey: 'rb_another' })).status).toBe(401);
  });

  it('leaves nothing behind while the registration has not been written down: n8n would write that over it', async () => {
    const staticData = {};
    expect((await take({ staticData })).status).toBe(401);
    expect(staticData).toEqual({});
  });

  it('is refused as unreadable when it is signed and no event', async () => {
    expect((await take({ body: '{}' })).status).toBe(400);
  });

  it('starts nothing for an event that was not chosen', async () => {
    const { response } = await take({ body: event('job.started', 'whd_1', { jobId: 'job_1' }) });
    expect(response).toEqual({ webhookResponse: { received: true, ignored: 'event' } });
  });

  it('starts the workflow once, however often it comes', async () => {
    const staticData = registered();
    const nodeId = 'rendobar-twice';
    expect((await take({ staticData, nodeId })).item).toBeDefined();
    expect((await take({ staticData, nodeId })).response).toEqual({
      webhookResponse: { received: true, ignored: 'repeat' },
    });
    const body = COMPLETED.replace('whd_1', 'whd_2');
    expect((await take({ staticData, nodeId, body })).item).toBeDefined();
  });

  it('at the address of a test is held against the registration of the test', async () => {
    const test = { endpointId: 'whe_2', sealedSecret: { ...sealSecret('whsec_of-the-test', KEY) } };
    const staticData = { ...registered(), test };
    expect((await take({ staticData, mode: 'manual' })).status).toBe(401);
    const headers = signed(COMPLETED, 'whsec_of-the-test');
    expect((await take({ staticData, mode: 'manual', headers })).item).toBeDefined();
  });

  it('is to come again, and never makes n8n start an empty run, where the credential is gone', async () => {
    const { response, status } = await take({ apiKey: undefined });
    expect([response, status]).toEqual([{ noWebhookResponse: true }, 503]);
  });
});
