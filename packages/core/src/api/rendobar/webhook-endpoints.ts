import * as z from 'zod/mini';
import type { CallOptions } from '../../contract/client.ts';
import { definedFields } from '../../decode/defined-fields.ts';
import { badAnswer } from '../../decode/error-answer.ts';
import { looseFlag, looseText, looseTime, readText } from '../../decode/scalars.ts';
import type { HttpResponse } from '../../ports/http-transport.ts';
import { RENDOBAR_DIALECT } from '../../providers/rendobar/errors.ts';
import type { RendobarEventName } from '../../webhooks/rendobar-event.ts';
import { type ApiCaller, typed } from '../api-caller.ts';
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
    changes: Partial<NewRendobarWebhookEndpoint> & { readonly active?: boolean },
    options?: CallOptions,
  ): Promise<RendobarWebhookEndpoint>;
  delete(endpointId: string, options?: CallOptions): Promise<void>;
  /** The organization's secret for callbacks (`callback.verify`). */
  callbackSecret(options?: CallOptions): Promise<string>;
  /** Makes a new secret; for 24 hours both sign. Once in 24 hours. */
  rotateCallbackSecret(options?: CallOptions): Promise<string>;
}

const SECRET_PATH = '/orgs/current/callback-secret';

const wireEndpoint = z.object({
  name: looseText,
  url: looseText,
  subscribedEvents: z.catch(z._default(z.array(z.string()), []), []),
  active: looseFlag,
  createdAt: looseTime,
});

export function createWebhooks(call: ApiCaller): RendobarWebhooks {
  const path = (endpointId: string) => apiPath('/webhooks/endpoints', 'endpointId', endpointId);
  return Object.freeze<RendobarWebhooks>({
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
    callbackSecret: (options) => call({ method: 'GET', path: SECRET_PATH }, { options, read: readSecret }),
    rotateCallbackSecret: (options) =>
      call({ method: 'POST', path: `${SECRET_PATH}/rotate` }, { options, read: readSecret, isRepeatable: false }),
  });
}

function readEndpoint(response: HttpResponse, asked?: string): RendobarWebhookEndpoint {
  const endpoint = readObject(response);
  const id = readText(endpoint.id) ?? asked;
  if (id === undefined) throw badAnswer(RENDOBAR_DIALECT, response, 'no webhook endpoint');
  return { id, ...definedFields(wireEndpoint.parse(endpoint)) };
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
