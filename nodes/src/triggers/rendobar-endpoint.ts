import { asRenderError, type RendobarWebhookEndpoint, type RendobarWebhooks } from '@renderq/core';
import type { IDataObject } from 'n8n-workflow';
import { openSecret, sealSecret } from './seal-secret.ts';

/** A registration as the trigger wants it to be. */
export interface WantedEndpoint {
  readonly name: string;
  readonly url: string;
  readonly events: readonly string[];
}

/** Where the id of a registration is kept: a node's static data. The secret beside it is sealed with the API key. */
export interface EndpointStore {
  /** The address is part of the place: a test registration must not be taken for that of the active workflow. */
  readonly slot: IDataObject;
  readonly apiKey: string;
}

type Webhooks = Pick<RendobarWebhooks, 'create' | 'get' | 'update' | 'delete'>;

/** Rendobar webhook guide: at most 50 characters. */
const LONGEST_NAME = 50;
const ROOM_REMEDY =
  "An organization has room for ten webhook endpoints: remove one in Rendobar's dashboard, or deactivate another workflow.";

/**
 * Whether the registration stands. One that differs from what is wanted is brought in line; one whose secret cannot be
 * opened any more, because the credential has another key, is removed, so that a new one can be made.
 * @throws {RenderError} what asking Rendobar fails with.
 */
export async function endpointExists(
  webhooks: Webhooks,
  store: EndpointStore,
  wanted: WantedEndpoint,
): Promise<boolean> {
  const id = endpointId(store);
  if (id === undefined) return false;
  const endpoint = await orGone(webhooks.get(id));
  if (endpoint === undefined) return forget(store);
  if (signingSecret(store) === undefined) {
    await removeEndpoint(webhooks, store);
    return false;
  }
  if (!fits(endpoint, wanted)) {
    const { url, events } = wanted;
    await webhooks.update(id, { url, subscribedEvents: [...events], active: true });
  }
  return true;
}

/** Registers the address and keeps its id. @throws {RenderError} CONFLICT above ten endpoints; INVALID_REQUEST. */
export async function createEndpoint(webhooks: Webhooks, store: EndpointStore, wanted: WantedEndpoint): Promise<void> {
  const { name, url, events } = wanted;
  const made = await webhooks
    .create({ name: name.slice(0, LONGEST_NAME), url, subscribedEvents: [...events] })
    .catch((thrown: unknown) => {
      const error = asRenderError(thrown);
      throw error.code === 'CONFLICT' ? error.with({ remedy: ROOM_REMEDY }) : error;
    });
  store.slot.endpointId = made.id;
  store.slot.sealedSecret = { ...sealSecret(made.signingSecret, store.apiKey) };
}

/** Removes the registration; one that is gone already is fine. @throws {RenderError} what asking Rendobar fails with. */
export async function removeEndpoint(webhooks: Webhooks, store: EndpointStore): Promise<void> {
  const id = endpointId(store);
  if (id !== undefined) await orGone(webhooks.delete(id));
  forget(store);
}

/** What the endpoint's deliveries are signed with. */
export function signingSecret({ slot, apiKey }: EndpointStore): string | undefined {
  return openSecret(slot.sealedSecret, apiKey);
}

function endpointId({ slot }: EndpointStore): string | undefined {
  return typeof slot.endpointId === 'string' ? slot.endpointId : undefined;
}

function forget({ slot }: EndpointStore): false {
  delete slot.endpointId;
  delete slot.sealedSecret;
  return false;
}

function fits(endpoint: RendobarWebhookEndpoint, { url, events }: WantedEndpoint): boolean {
  const subscribed = new Set(endpoint.subscribedEvents);
  const isSame = subscribed.size === events.length && events.every((event) => subscribed.has(event));
  return endpoint.url === url && endpoint.active !== false && isSame;
}

/** Undefined for an endpoint that Rendobar does not know (404, and 410 for one that was removed). */
async function orGone<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (thrown) {
    const error = asRenderError(thrown);
    if (error.code === 'NOT_FOUND' || error.code === 'OUTPUT_EXPIRED') return undefined;
    throw error;
  }
}
