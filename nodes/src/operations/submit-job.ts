import { type JobSnapshot, RenderError } from '@renderq/core';
import type { IDataObject } from 'n8n-workflow';
import { badParameter } from '../items/error-record.ts';
import type { ItemCall } from './node-run.ts';
import { asObject, optionText, readOptions } from './parameters.ts';
import { fingerprint, submitKey } from './submit-key.ts';
import { createSubmittedJobs } from './submitted-jobs.ts';

const MINUTE_MS = 60_000;
/** A bulk of hundreds of films on a small plan takes hours; n8n bounds an execution itself. */
const QUEUE_MINUTES = 1_440;
/** An agent waits for its tool. */
const TOOL_QUEUE_MINUTES = 5;

/** One for the process, like the account's queue. */
const submitted = createSubmittedJobs();

/**
 * Submits an item's request inside the account's limits; a repeat by n8n of the same item finds the first job.
 * @throws {RenderError} as the client's submit.
 */
export async function submitJob(call: ItemCall, request: unknown): Promise<JobSnapshot> {
  const { client, ctx, index } = call;
  const key = ownKey(call, request) ?? submitKey(ctx, index, request);
  const job = client.provider.idempotentSubmit
    ? await send(call, request, key)
    : await sendOnce(call, request, `${client.provider.id} ${key}`);
  call.stopGuard.add(job.id);
  return job;
}

/**
 * The user's own key, for a provider that takes any: in the request itself, where it goes first, or of the option. Rendobar
 * compares keys alone, never requests: a second item under the same key would be given the first one's film without a word.
 * @throws {RenderError} INVALID_REQUEST where another item of the run has the key for another request.
 */
function ownKey({ client, ctx, index, ownKeys }: ItemCall, request: unknown): string | undefined {
  if (!client.provider.idempotentSubmit) return undefined;
  const options = readOptions(ctx, index);
  const key = optionText(asObject(request) ?? {}, 'idempotencyKey') ?? optionText(options, 'idempotencyKey');
  if (key === undefined) return undefined;
  const print = fingerprint(request);
  const first = ownKeys.get(key) ?? print;
  ownKeys.set(key, first);
  if (first === print) return key;
  throw badParameter(
    'idempotencyKey',
    'Another item of this run has the same "Idempotency Key" for another request, and would be given the same job.',
    'Make the key different for each item, for example with an id of the row: {{ $json.id }}.',
  );
}

/** For a provider without idempotency keys: what was sent, or may have been, is not sent again. */
async function sendOnce(call: ItemCall, request: unknown, key: string): Promise<JobSnapshot> {
  const known = submitted.recall(key);
  if (known !== undefined && 'doubt' in known) throw known.doubt;
  if (known !== undefined) return { ...(await call.client.get(known.jobId, { signal: call.signal })), replayed: true };
  try {
    const job = await send(call, request, key);
    submitted.remember(key, { jobId: job.id });
    return job;
  } catch (error) {
    if (RenderError.isInstance(error) && error.code === 'SUBMIT_OUTCOME_UNKNOWN') {
      submitted.remember(key, { doubt: error });
    }
    throw error;
  }
}

async function send(call: ItemCall, request: unknown, key: string): Promise<JobSnapshot> {
  const { client, ctx, index, signal, owner, isTool } = call;
  const options = readOptions(ctx, index);
  const job = await client.submit(request, {
    idempotencyKey: key,
    maxQueueMs: queueMinutes(options, isTool) * MINUTE_MS,
    owner,
    signal,
    checkAgainst: options.checkFirst === false ? 'none' : 'live',
    onSend: () => call.onSend(),
    onQueued: () => call.onHeld(),
  });
  call.onAccepted();
  return job;
}

function queueMinutes({ maxQueueMinutes }: IDataObject, isTool: boolean): number {
  const minutes = Number(maxQueueMinutes ?? (isTool ? TOOL_QUEUE_MINUTES : QUEUE_MINUTES));
  if (Number.isFinite(minutes) && minutes >= 0) return minutes;
  throw badParameter(
    'options.maxQueueMinutes',
    'The option "Max Queue Time" must be a number of minutes, 0 or more.',
    'Enter a number, or remove the option.',
  );
}
