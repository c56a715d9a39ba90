import { asRenderError, type Clock, type JobSnapshot, type RenderClient, TERMINAL_STATES } from '@renderq/core';
import type { CallbackHint } from '../webhooks/read-hint.ts';
import type { EndedJobs, JobEnd } from './ended-jobs.ts';
import type { ParkedJob } from './parked-items.ts';

export type CallbackVerdict =
  /** Not about a job of this execution, or another callback is waking it. */
  | { readonly kind: 'ignored' }
  | { readonly kind: 'waiting' }
  /** The jobs could not be read: the provider should call again. */
  | { readonly kind: 'unreadable' }
  /** All jobs have ended. */
  | { readonly kind: 'ended'; readonly ends: ReadonlyMap<string, JobEnd> };

export interface CallbackCase {
  readonly parked: readonly ParkedJob[];
  readonly hint: CallbackHint;
  readonly client: Pick<RenderClient, 'get' | 'announce'>;
  readonly clock: Clock;
  readonly ended: EndedJobs;
}

/** A provider gives up on a receiver after ten seconds (Rendobar webhook guide); two looks must fit into that. */
const LOOK_QUEUE_MS = 3_000;
/** A job may be told of before every part of the API knows that it has ended. */
const SECOND_LOOK_MS = 1_500;

/**
 * Decides what a callback means by reading the jobs themselves through the account's key. The named job first, then the
 * others up to the first that still runs: what is known to have ended is not read twice.
 */
export async function settleCallback(given: CallbackCase): Promise<CallbackVerdict> {
  const { parked, hint, ended, clock } = given;
  const { jobId: named } = hint;
  if (named === undefined || !parked.some(({ jobId }) => jobId === named)) return { kind: 'ignored' };
  const ids = [...new Set([named, ...parked.map(({ jobId }) => jobId)])];
  const ends = new Map<string, JobEnd>();
  for (const jobId of ids) {
    const end = await endOf(jobId, given);
    if (end === 'running' || end === 'unreadable') return { kind: end === 'running' ? 'waiting' : end };
    ends.set(jobId, end);
  }
  return ended.claim(ids, clock.now()) ? { kind: 'ended', ends } : { kind: 'ignored' };
}

async function endOf(
  jobId: string,
  { hint, client, clock, ended }: CallbackCase,
): Promise<JobEnd | 'running' | 'unreadable'> {
  const known = ended.get(jobId, clock.now());
  if (known !== undefined) return known;
  try {
    let snapshot = await look(jobId, client);
    if (hint.jobId === jobId && hint.claimsEnd && !hasEnded(snapshot)) {
      await clock.sleep(SECOND_LOOK_MS);
      snapshot = await look(jobId, client);
    }
    if (!hasEnded(snapshot)) return 'running';
    // Executions of this process that wait for a slot of the account need not look for themselves.
    client.announce(jobId);
    ended.add(jobId, snapshot, clock.now());
    return snapshot;
  } catch (thrown) {
    const error = asRenderError(thrown).with({ jobId });
    if (error.code !== 'NOT_FOUND') return 'unreadable';
    // A job that is gone never tells of its end.
    ended.add(jobId, error, clock.now());
    return error;
  }
}

function look(jobId: string, client: Pick<RenderClient, 'get'>): Promise<JobSnapshot> {
  return client.get(jobId, { maxQueueMs: LOOK_QUEUE_MS });
}

function hasEnded({ state }: JobSnapshot): boolean {
  return TERMINAL_STATES.has(state);
}
