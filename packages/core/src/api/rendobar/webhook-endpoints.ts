import * as v from 'valibot';
import { callOptions } from '../../arguments/call-options.ts';
import { fields, unchecked } from '../../arguments/check-argument.ts';
import { guard } from '../../arguments/guard.ts';
import { FLAG, type Rule, TEXT, WEB_ADDRESS } from '../../arguments/rule.ts';
import type { CallOptions } from '../../contract/client.ts';
import { definedFields } from '../../decode/defined-fields.ts';
import { badAnswer } from '../../decode/error-answer.ts';
import { looseFlag, looseText, looseTime, readText } from '../../decode/scalars.ts';
import { wireObject } from '../../decode/wire-object.ts';
import { typed } from '../../errors/internal.ts';
import type { HttpResponse } from '../../ports/http-transport.ts';
import { RENDOBAR_DIALECT } from '../../providers/rendobar/errors.ts';
import type { RendobarEventName } from '../../webhooks/rendobar-event.ts';
import type { ApiCaller } from '../api-caller.ts';
import { apiPath, readObject, removeResource } from './resources.ts';

/** An address to which Rendobar posts events. */
export interface RendobarWebhookEndpoint {
  readonly id: string;
  readonly name?: string;
  readonly url?: string;
  readonly subscribedEvents: readonly string[];
  /** False after ten failed deliveries in a row, or where it was switched off. */
  readonly active?: boolean;
  /** Unix milliseconds. */
  readonly createdAt?: number;
}

export interface NewRendobarWebhookEndpoint {
  /** 1 to 50 characters. */
  readonly name: string;
  /** Public HTTPS. */
  readonly url: string;
  /** At least one. */
  readonly subscribedEvents: readonly (RendobarEventName | (string & {}))[];
}

/** What to change of an endpoint; what is left out stays as it is. */
export type RendobarWebhookEndpointChanges = {
  readonly [Field in keyof NewRendobarWebhookEndpoint]?: NewRendobarWebhookEndpoint[Field] | undefined;
} & { readonly active?: boolean | undefined };

/** Webhook endpoints of the organization, at most ten, and the secret that signs callbacks of single jobs. */
export interface RendobarWebhooks {
  /** The answer alone carries `signingSecret`: keep it, it is never shown again. Throws CONFLICT above ten endpoints. */
  create(
    endpoint: NewRendobarWebhookEndpoint,
    options?: CallOptions,
  ): Promise<RendobarWebhookEndpoint & { readonly signingSecret: string }>;
  get(endpointId: string, options?: CallOptions): Promise<RendobarWebhookEndpoint>;
  /** Changes what is given. Switching an endpoint on again forgives its failures. */
  update(
    endpointId: string,
    changes: RendobarWebhookEndpointChanges,
    options?: CallOptions,
  ): Promise<RendobarWebhookEndpoint>;
  delete(endpointId: string, options?: CallOptions): Promise<void>;
  /** The organization's secret for callbacks (`callback.verify`). */
  callbackSecret(options?: CallOptions): Promise<string>;
  /** Makes a new secret; for 24 hours both sign. Once in 24 hours. */
  rotateCallbackSecret(options?: CallOptions): Promise<string>;
}

const NAME: Rule = {
  accepts: (value) => typeof value === 'string' && value.trim() !== '' && value.length <= 50,
  what: 'text of 1 to 50 characters',
  remedy: 'Pass a short name for the endpoint.',
};

const EVENTS: Rule = {
  accepts: (value) => Array.isArray(value) && value.length > 0 && value.every((event) => TEXT.accepts(event)),
  what: 'a list of at least one event',
  remedy: 'Pass for example ["job.completed", "job.failed"], or RENDOBAR_EVENTS for all of them.',
};

const ENDPOINT = { name: NAME, url: WEB_ADDRESS, subscribedEvents: EVENTS };

const SIGNING_PATH = '/orgs/current/callback-secret';

const wireEndpoint = wireObject({
  name: looseText,
  url: looseText,
  subscribedEvents: v.fallback(
    v.optional(v.array(v.string()), () => []),
    () => [],
  ),
  active: looseFlag,
  createdAt: looseTime,
});

export function createWebhooks(call: ApiCaller): RendobarWebhooks {
  const path = (endpointId: string) => apiPath('/webhooks/endpoints', 'endpointId', endpointId);
  const webhooks: RendobarWebhooks = {
    create: (body, options) =>
      typed(() =>
        call(
          { method: 'POST', path: '/webhooks/endpoints', body },
          { options, read: readCreated, isRepeatable: false },
        ),
      ),
    get: (endpointId, options) =>
      typed(() =>
        call(
          { method: 'GET', path: path(endpointId) },
          { options, read: (answer) => readEndpoint(answer, endpointId) },
        ),
      ),
    update: (endpointId, body, options) =>
      typed(() =>
        call(
          { method: 'PATCH', path: path(endpointId), body },
          { options, read: (answer) => readEndpoint(answer, endpointId) },
        ),
      ),
    delete: (endpointId, options) => typed(() => removeResource(call, path(endpointId), options)),
    callbackSecret: (options) => call({ method: 'GET', path: SIGNING_PATH }, { options, read: readSecret }),
    rotateCallbackSecret: (options) =>
      call({ method: 'POST', path: `${SIGNING_PATH}/rotate` }, { options, read: readSecret, isRepeatable: false }),
  };
  return guard(webhooks, {
    create: [
      fields('endpoint', { needs: ENDPOINT, remedy: 'Pass an object with name, url and subscribedEvents.' }),
      callOptions,
    ],
    // The ids are checked where the paths are made.
    get: [unchecked, callOptions],
    update: [
      unchecked,
      fields('changes', { takes: { ...ENDPOINT, active: FLAG }, remedy: 'Pass an object with what is to change.' }),
      callOptions,
    ],
    delete: [unchecked, callOptions],
    callbackSecret: [callOptions],
    rotateCallbackSecret: [callOptions],
  });
}

function readEndpoint(response: HttpResponse, asked?: string): RendobarWebhookEndpoint {
  const endpoint = readObject(response);
  const id = readText(endpoint.id) ?? asked;
  if (id === undefined) throw badAnswer(RENDOBAR_DIALECT, response, 'no webhook endpoint');
  return { id, ...definedFields(v.parse(wireEndpoint, endpoint)) };
}

function readCreated(response: HttpResponse) {
  const signingSecret = readText(readObject(response).signingSecret);
  if (signingSecret === undefined) throw badAnswer(RENDOBAR_DIALECT, response, 'no signing secret');
  return { ...readEndpoint(response), signingSecret };
}

/** The callbacks page names no field of this answer. */
function readSecret(response: HttpResponse): string {
  const { secret, callbackSecret } = readObject(response);
  const found = readText(secret) ?? readText(callbackSecret);
  if (found === undefined) throw badAnswer(RENDOBAR_DIALECT, response, 'no secret');
  return found;
}
