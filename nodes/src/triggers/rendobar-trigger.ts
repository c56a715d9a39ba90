import {
  createRendobarWebhookReceiver,
  RenderError,
  type RendobarEvent,
  type RendobarWebhooks,
  webhookRefusalStatus,
} from '@renderq/core';
import type { IDataObject, IHookFunctions, IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';
import { readAccountSettings } from '../host/account-settings.ts';
import { hostClock, openRendobar } from '../host/open-account.ts';
import { jobData } from '../items/job-item.ts';
import { toData } from '../items/to-data.ts';
import { addressObstacle } from '../parking/plan-callback.ts';
import { emitItem, ignoreDelivery, neverThrowing, rawBody, refuseDelivery } from '../webhooks/delivery.ts';
import { hmacSha256 } from '../webhooks/hmac-sha256.ts';
import {
  createEndpoint,
  type EndpointStore,
  endpointExists,
  removeEndpoint,
  signingSecret,
  type WantedEndpoint,
} from './rendobar-endpoint.ts';
import { createSeenIds } from './seen-ids.ts';
import { triggerError } from './trigger-error.ts';

const seen = createSeenIds();

interface Registration {
  readonly webhooks: RendobarWebhooks;
  /** Where Rendobar's API answers. */
  readonly apiUrl: string;
  readonly store: EndpointStore;
  readonly wanted: WantedEndpoint;
}

/** What n8n calls to activate and deactivate a workflow with the trigger. @throws {NodeApiError} */
export const rendobarRegistration = {
  exists: (context: IHookFunctions) =>
    told(context, ({ webhooks, store, wanted }) => endpointExists(webhooks, store, wanted)),
  create: (context: IHookFunctions) =>
    told(context, async ({ webhooks, apiUrl, store, wanted }) => {
      checkAddress(wanted.url, apiUrl);
      await createEndpoint(webhooks, store, wanted);
      return true;
    }),
  remove: (context: IHookFunctions) =>
    told(context, async ({ webhooks, store }) => {
      await removeEndpoint(webhooks, store);
      return true;
    }),
};

async function told(context: IHookFunctions, task: (given: Registration) => Promise<boolean>): Promise<boolean> {
  try {
    const settings = await readAccountSettings(context, 'rendobar');
    const { webhooks, provider } = openRendobar(settings, context);
    return await task({
      webhooks,
      apiUrl: settings.baseUrl ?? provider.defaultBaseUrl,
      store: { slot: slotOf(context), apiKey: settings.apiKey },
      wanted: {
        name: `n8n: ${context.getWorkflow().name ?? 'workflow'}`,
        url: context.getNodeWebhookUrl('default') ?? '',
        events: context.getNodeParameter('events') as string[],
      },
    });
  } catch (error) {
    throw triggerError(context.getNode(), error, 'rendobar');
  }
}

/** Says what is wrong before Rendobar does, which only says that the URL is not valid. */
function checkAddress(url: string, apiUrl: string): void {
  const obstacle = URL.canParse(url)
    ? addressObstacle(new URL(url), { apiUrl, needsHttps: true })
    : 'n8n gave no address.';
  if (obstacle === undefined) return;
  throw new RenderError({
    code: 'INVALID_REQUEST',
    message: obstacle,
    field: 'url',
    remedy: 'Set WEBHOOK_URL of n8n to the public https address at which it can be reached, and restart it.',
  });
}

type SlotSource = Pick<IHookFunctions, 'getWorkflowStaticData' | 'getMode'>;

/** The registration of the editor's "Listen for test event" stands beside that of the active workflow. */
const slotName = (context: SlotSource) => (context.getMode() === 'manual' ? 'test' : 'live');

/**
 * What is remembered of the registration, without a trace where nothing is: n8n writes static data back behind a delivery
 * that changed it, and one that comes while the workflow is still being activated would write over the registration.
 */
function findSlot(context: SlotSource): IDataObject | undefined {
  const slot = context.getWorkflowStaticData('node')[slotName(context)];
  return typeof slot === 'object' && slot !== null && !Array.isArray(slot) ? (slot as IDataObject) : undefined;
}

function slotOf(context: SlotSource): IDataObject {
  const found = findSlot(context);
  if (found !== undefined) return found;
  const made: IDataObject = {};
  context.getWorkflowStaticData('node')[slotName(context)] = made;
  return made;
}

/** Takes one delivery: checks its signature against the body as it arrived, and starts the workflow once for it. */
export function takeRendobarDelivery(context: IWebhookFunctions): Promise<IWebhookResponseData> {
  return neverThrowing(context, () => take(context));
}

async function take(context: IWebhookFunctions): Promise<IWebhookResponseData> {
  const { apiKey } = await readAccountSettings(context, 'rendobar');
  const slot = findSlot(context);
  const secret = slot && signingSecret({ slot, apiKey });
  if (slot === undefined || secret === undefined)
    return refuseDelivery(context, 401, 'This address is not registered. Activate the workflow again.');
  const receiver = createRendobarWebhookReceiver({ secret }, { hmac: hmacSha256, clock: hostClock });
  let event: RendobarEvent;
  try {
    event = await receiver.verify(rawBody(context), context.getHeaderData());
  } catch (error) {
    const status = webhookRefusalStatus(error) ?? 503;
    return refuseDelivery(context, status, 'This is not a delivery that Rendobar signed for this address.');
  }
  if (!wantsEvent(context, event)) return ignoreDelivery('event');
  const scope = `${context.getWorkflow().id}/${context.getNode().id}`;
  // The id inside the signed body: the header of the same name is not signed.
  if (event.deliveryId !== undefined && !seen.isFirst(scope, slot, event.deliveryId)) return ignoreDelivery('repeat');
  return emitItem(eventData(event));
}

function wantsEvent(context: IWebhookFunctions, { event }: RendobarEvent): boolean {
  const events = context.getNodeParameter('events', []);
  return Array.isArray(events) && events.includes(event);
}

/** An event as the fields of an item; `data` is as it was sent. */
function eventData(event: RendobarEvent): IDataObject {
  const { event: name, deliveryId, timestamp, orgId, data } = event;
  const job = event.kind === 'job' ? jobData(event.job) : undefined;
  return toData({ event: name, deliveryId, timestamp, orgId, jobId: job?.jobId, job, data });
}
