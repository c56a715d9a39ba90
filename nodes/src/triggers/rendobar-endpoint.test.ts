import { type NewRendobarWebhookEndpoint, RenderError, type RendobarWebhookEndpoint } from '@renderq/core';
import type { IDataObject } from 'n8n-workflow';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  createEndpoint,
  type EndpointStore,
  endpointExists,
  removeEndpoint,
  signingSecret,
} from './rendobar-endpoint.ts';

const WANTED = {
  name: 'n8n: Films',
  url: 'https://n8n.example.com/webhook/1',
  events: ['job.completed', 'job.failed'],
};
const SECRET = 'whsec_shown-once';

let endpoints: Map<string, RendobarWebhookEndpoint>;
let calls: string[];
let slot: IDataObject;

const gone = () => new RenderError({ code: 'NOT_FOUND', message: 'gone' });
const webhooks = {
  async create(endpoint: NewRendobarWebhookEndpoint) {
    calls.push('create');
    const id = `whe_${endpoints.size + 1}`;
    endpoints.set(id, { ...endpoint, id, active: true });
    return { ...endpoint, id, signingSecret: SECRET };
  },
  async get(id: string) {
    calls.push(`get ${id}`);
    const found = endpoints.get(id);
    if (found === undefined) throw gone();
    return found;
  },
  async update(id: string, changes: object) {
    calls.push(`update ${id}`);
    const changed = { ...(await this.get(id)), ...changes };
    endpoints.set(id, changed);
    return changed;
  },
  async delete(id: string) {
    calls.push(`delete ${id}`);
    if (!endpoints.delete(id)) throw gone();
  },
};

beforeEach(() => {
  endpoints = new Map();
  calls = [];
  slot = {};
});
const store = (apiKey = 'rb_key'): EndpointStore => ({ slot, apiKey });

describe('registering a trigger with Rendobar', () => {
  it('keeps the id, and the secret where only the API key opens it', async () => {
    expect(await endpointExists(webhooks, store(), WANTED)).toBe(false);
    await createEndpoint(webhooks, store(), WANTED);
    expect(slot.endpointId).toBe('whe_1');
    expect(JSON.stringify(slot)).not.toContain(SECRET);
    slot = JSON.parse(JSON.stringify(slot)) as IDataObject;
    expect(signingSecret(store())).toBe(SECRET);
    expect(await endpointExists(webhooks, store(), WANTED)).toBe(true);
    expect(calls).toEqual(['create', 'get whe_1']);
  });

  it('cuts a name that Rendobar would refuse', async () => {
    await createEndpoint(webhooks, store(), { ...WANTED, name: 'x'.repeat(80) });
    expect(endpoints.get('whe_1')?.name).toHaveLength(50);
  });

  it.each([
    ['another address', { ...WANTED, url: 'https://n8n.example.com/webhook/2' }],
    ['other events', { ...WANTED, events: ['job.completed', 'job.cancelled'] }],
    ['fewer events', { ...WANTED, events: ['job.failed'] }],
  ])('brings a registration in line that has %s', async (_what, wanted) => {
    await createEndpoint(webhooks, store(), WANTED);
    expect(await endpointExists(webhooks, store(), wanted)).toBe(true);
    expect(endpoints.get('whe_1')).toMatchObject({ url: wanted.url, subscribedEvents: wanted.events, active: true });
  });

  it('switches one on again that Rendobar switched off', async () => {
    await createEndpoint(webhooks, store(), WANTED);
    endpoints.set('whe_1', { ...WANTED, id: 'whe_1', subscribedEvents: WANTED.events, active: false });
    expect(await endpointExists(webhooks, store(), WANTED)).toBe(true);
    expect(endpoints.get('whe_1')?.active).toBe(true);
  });

  it('makes a new one in place of one that is gone', async () => {
    await createEndpoint(webhooks, store(), WANTED);
    endpoints.clear();
    expect(await endpointExists(webhooks, store(), WANTED)).toBe(false);
    expect(slot).toEqual({});
  });

  it('makes a new one in place of one whose secret another API key sealed', async () => {
    await createEndpoint(webhooks, store(), WANTED);
    expect(await endpointExists(webhooks, store('rb_another'), WANTED)).toBe(false);
    expect(endpoints.size).toBe(0);
  });

  it('is removed once, and nothing is wrong with one that was removed by hand', async () => {
    await createEndpoint(webhooks, store(), WANTED);
    endpoints.clear();
    await removeEndpoint(webhooks, store());
    await removeEndpoint(webhooks, store());
    expect(calls).toEqual(['create', 'delete whe_1']);
    expect(slot).toEqual({});
  });

  it('keeps the id where removing failed, so that it can be tried again', async () => {
    await createEndpoint(webhooks, store(), WANTED);
    const failing = {
      ...webhooks,
      delete: async () => Promise.reject(new RenderError({ code: 'NETWORK', message: 'm' })),
    };
    await expect(removeEndpoint(failing, store())).rejects.toMatchObject({ code: 'NETWORK' });
    expect(slot.endpointId).toBe('whe_1');
  });
});
