import { Readable } from 'node:stream';
import type { IDataObject, IHookFunctions, IHttpRequestOptions } from 'n8n-workflow';
import { describe, expect, it } from 'vitest';
import { rendobarRegistration } from './rendobar-trigger.ts';

const URL_OF_NODE = 'https://n8n.example.com/webhook/1/webhook';

interface Answer {
  readonly status: number;
  readonly body: object;
}

let accounts = 0;

/** n8n's context at the activation of a workflow, and what was sent to Rendobar. */
function activation(api: (method: string, path: string) => Answer, staticData: IDataObject = {}, mode = 'trigger') {
  accounts += 1;
  const sent: { method: string; path: string; body?: unknown }[] = [];
  const context = {
    getCredentials: async () => ({ apiKey: `rb_registration_${accounts}`, plan: 'pro' }),
    getNode: () => ({ id: 'n1', name: 'Trigger', type: 't', parameters: {} }),
    getWorkflow: () => ({ id: 'w1', name: 'Films' }),
    getMode: () => mode,
    getNodeParameter: () => ['job.completed'],
    getNodeWebhookUrl: () => URL_OF_NODE,
    getWorkflowStaticData: () => staticData,
    helpers: {
      async httpRequest({ url, method = 'GET', body }: IHttpRequestOptions) {
        const path = new URL(url).pathname;
        sent.push({ method, path, ...(typeof body === 'string' && { body: JSON.parse(body) as unknown }) });
        const answer = api(method, path);
        const bytes = Readable.from([Buffer.from(JSON.stringify(answer.body))]);
        return { statusCode: answer.status, headers: { 'content-type': 'application/json' }, body: bytes };
      },
    },
  };
  return { context: context as unknown as IHookFunctions, sent, staticData };
}

const created = (): Answer => ({
  status: 201,
  body: {
    data: {
      id: 'whe_1',
      url: URL_OF_NODE,
      subscribedEvents: ['job.completed'],
      active: true,
      signingSecret: 'whsec_1',
    },
  },
});

describe('activating a workflow with the Rendobar Trigger', () => {
  it('registers its address for the chosen events under its name', async () => {
    const { context, sent, staticData } = activation(created);
    expect(await rendobarRegistration.exists(context)).toBe(false);
    expect(await rendobarRegistration.create(context)).toBe(true);
    expect(sent).toEqual([
      {
        method: 'POST',
        path: '/webhooks/endpoints',
        body: { name: 'n8n: Films', url: URL_OF_NODE, subscribedEvents: ['job.completed'] },
      },
    ]);
    expect(staticData).toMatchObject({ live: { endpointId: 'whe_1' } });
    expect(JSON.stringify(staticData)).not.toContain('whsec_1');
  });

  it('keeps the registration of a test apart', async () => {
    const live = { endpointId: 'whe_live' };
    const { context, staticData } = activation(created, { live: { ...live } }, 'manual');
    expect(await rendobarRegistration.exists(context)).toBe(false);
    await rendobarRegistration.create(context);
    expect(staticData).toMatchObject({ live, test: { endpointId: 'whe_1' } });
  });

  it('says why it cannot, with the code and what to do', async () => {
    const full = { status: 409, body: { error: { code: 'CONFLICT', message: 'At most 10 endpoints.' } } };
    const { context, staticData } = activation(() => full);
    await expect(rendobarRegistration.create(context)).rejects.toMatchObject({
      name: 'NodeApiError',
      message: expect.stringContaining('At most 10 endpoints'),
      description: expect.stringMatching(/deactivate another workflow\. \(CONFLICT\)$/),
      httpCode: '409',
      context: { code: 'CONFLICT', provider: 'rendobar' },
    });
    expect(staticData).toEqual({ live: {} });
  });

  it.each(['http://localhost:5678/webhook/1', 'https://n8n.lan/webhook/1', 'http://n8n.example.com/webhook/1', ''])(
    'asks Rendobar nothing for an address that it could not call: %s',
    async (url) => {
      const { context, sent } = activation(created);
      context.getNodeWebhookUrl = () => url;
      await expect(rendobarRegistration.create(context)).rejects.toMatchObject({
        description: expect.stringContaining('WEBHOOK_URL'),
      });
      expect(sent).toEqual([]);
    },
  );

  it('is undone by deactivating it', async () => {
    const staticData = { live: { endpointId: 'whe_1' } };
    const { context, sent } = activation(() => ({ status: 204, body: {} }), staticData);
    expect(await rendobarRegistration.remove(context)).toBe(true);
    expect(sent).toEqual([{ method: 'DELETE', path: '/webhooks/endpoints/whe_1' }]);
    expect(staticData).toEqual({ live: {} });
  });
});
