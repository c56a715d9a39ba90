import { type Clock, createRendobarWebhookReceiver, type RenderClient, webhookRefusalStatus } from '@renderq/core';
import type { IDataObject, IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';
import { type AccountSettings, readAccountSettings, type Vendor } from '../host/account-settings.ts';
import { hostClock, openPhantomFlow, openRendobar, type RequestSource } from '../host/open-account.ts';
import { toErrorRecord } from '../items/error-record.ts';
import type { ItemOutcome } from '../items/item-outcome.ts';
import { waitedFor } from '../items/job-item.ts';
import { toNodeError } from '../items/node-error.ts';
import { outcomeItems } from '../operations/settle-run.ts';
import { neverThrowing, rawBody, refuseDelivery } from '../webhooks/delivery.ts';
import { hmacSha256 } from '../webhooks/hmac-sha256.ts';
import { readHint } from '../webhooks/read-hint.ts';
import { createEndedJobs, type EndedJobs, type JobEnd } from './ended-jobs.ts';
import { parkedJobs, readStoredItems } from './parked-items.ts';
import { readSecrets } from './read-secrets.ts';
import { settleCallback } from './settle-callback.ts';
import { stopAtResume } from './stop-on-resume.ts';

export interface CallbackPorts {
  readonly open: (
    vendor: Vendor,
    settings: AccountSettings,
    source: RequestSource,
  ) => Pick<RenderClient, 'get' | 'announce'>;
  readonly clock: Clock;
  readonly ended: EndedJobs;
}

/** Shared by all executions of the process. */
const HOST: CallbackPorts = {
  open: (vendor, settings, source) =>
    vendor === 'rendobar' ? openRendobar(settings, source) : openPhantomFlow(settings, source),
  clock: hostClock,
  ended: createEndedJobs(),
};

/**
 * The `webhook()` of a parked Render and Wait. Never throws: n8n would resume the execution with an empty item. Whatever is
 * not the end of the last job is answered, and the execution sleeps on.
 */
export function answerCallback(
  context: IWebhookFunctions,
  vendor: Vendor,
  ports: CallbackPorts = HOST,
): Promise<IWebhookResponseData> {
  return neverThrowing(context, () => answer(context, vendor, ports));
}

async function answer(context: IWebhookFunctions, vendor: Vendor, ports: CallbackPorts): Promise<IWebhookResponseData> {
  const settings = await readAccountSettings(context, vendor);
  const raw = rawBody(context);
  if (!(await isGenuine(context, vendor, settings, raw, ports.clock)))
    return refuseDelivery(context, 401, 'The signature is not valid.');
  const stored = readStoredItems((index) => context.evaluateExpression('{{ $json }}', index));
  const parked = parkedJobs(stored);
  const client = ports.open(vendor, settings, context);
  const hint = readHint(new TextDecoder().decode(raw));
  const verdict = await settleCallback({ parked, hint, client, ...ports });
  switch (verdict.kind) {
    case 'unreadable':
      return refuseDelivery(context, 503, 'The jobs of this execution could not be read. Call again.');
    case 'ended':
      return resume(context, vendor, stored, verdict.ends);
    default:
      return { webhookResponse: { received: true, resumed: false } };
  }
}

/** Callbacks are signed where the credential holds the secret; PhantomFlow documents no signature. */
async function isGenuine(
  context: IWebhookFunctions,
  vendor: Vendor,
  { signingSecret }: AccountSettings,
  raw: Uint8Array,
  clock: Clock,
): Promise<boolean> {
  const secret = readSecrets(signingSecret);
  if (vendor !== 'rendobar' || secret.length === 0) return true;
  const receiver = createRendobarWebhookReceiver({ secret }, { hmac: hmacSha256, clock });
  try {
    await receiver.verify(raw, context.getHeaderData());
    return true;
  } catch (error) {
    // One that is signed and tells of something unknown is no forgery.
    if (webhookRefusalStatus(error) === 401) return false;
    return true;
  }
}

function resume(
  context: IWebhookFunctions,
  vendor: Vendor,
  stored: readonly IDataObject[],
  ends: ReadonlyMap<string, JobEnd>,
): IWebhookResponseData {
  const waiting = new Map(parkedJobs(stored).map(({ index, jobId }) => [index, ends.get(jobId)]));
  const outcomes = stored.map((json, index): ItemOutcome => {
    const end = waiting.get(index);
    if (end === undefined) return { index, made: [{ json }] };
    return 'record' in end ? { index, error: toErrorRecord(end, vendor) } : waitedFor(index, end, false);
  });
  const node = context.getNode();
  const failed = stopsOnError(node) ? outcomes.find((outcome) => 'error' in outcome) : undefined;
  const isFailure = failed !== undefined && 'error' in failed;
  stopAtResume(context, isFailure ? toNodeError(node, failed.error, failed.index) : undefined);
  return { webhookResponse: { received: true, resumed: true }, workflowData: [outcomes.flatMap(outcomeItems)] };
}

function stopsOnError({ onError, continueOnFail }: ReturnType<IWebhookFunctions['getNode']>): boolean {
  return continueOnFail !== true && (onError === undefined || onError === 'stopWorkflow');
}
