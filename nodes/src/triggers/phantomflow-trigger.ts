import { asRenderError, type JobSnapshot, TERMINAL_STATES } from '@renderq/core';
import type { IDataObject, IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';
import { readAccountSettings } from '../host/account-settings.ts';
import { openPhantomFlow } from '../host/open-account.ts';
import { jobData } from '../items/job-item.ts';
import { emitItem, ignoreDelivery, neverThrowing, rawBody, refuseDelivery } from '../webhooks/delivery.ts';
import { readHint } from '../webhooks/read-hint.ts';
import { createSeenIds } from './seen-ids.ts';

const seen = createSeenIds();

/** PhantomFlow's limit on an answer is unknown; others give up after ten seconds. */
const LOOK_QUEUE_MS = 5_000;

/**
 * Takes one webhook of PhantomFlow. None is signed, so anybody may have sent it: the job is read with the account's key, and
 * only what that says starts the workflow, once for each job and state.
 */
export function takePhantomFlowNotice(context: IWebhookFunctions): Promise<IWebhookResponseData> {
  return neverThrowing(context, () => take(context));
}

async function take(context: IWebhookFunctions): Promise<IWebhookResponseData> {
  const settings = await readAccountSettings(context, 'phantomflow');
  const { jobId } = readHint(new TextDecoder().decode(rawBody(context)));
  if (jobId === undefined) return ignoreDelivery('no job');
  let job: JobSnapshot;
  try {
    const client = openPhantomFlow(settings, context);
    client.announce(jobId);
    job = await client.get(jobId, { maxQueueMs: LOOK_QUEUE_MS });
  } catch (thrown) {
    const { code } = asRenderError(thrown);
    // No job of this account, or no job id: forged, or meant for somebody else.
    if (code === 'NOT_FOUND' || code === 'INVALID_REQUEST') return ignoreDelivery('unknown job');
    return refuseDelivery(context, 503, 'The job could not be read. Call again.');
  }
  if (!TERMINAL_STATES.has(job.state)) return ignoreDelivery('still running');
  const states = context.getNodeParameter('states', []);
  if (!Array.isArray(states) || !states.includes(job.state)) return ignoreDelivery('state');
  const scope = `${context.getWorkflow().id}/${context.getNode().id}`;
  if (!seen.isFirst(scope, context.getWorkflowStaticData('node'), `${jobId} ${job.state}`))
    return ignoreDelivery('repeat');
  return emitItem(noticeData(job));
}

/** A job that has ended, as the fields of an item. */
function noticeData(job: JobSnapshot): IDataObject {
  return { event: job.state === 'succeeded' ? 'render.completed' : 'render.failed', ...jobData(job) };
}
