import type { Clock, JobSnapshot, RenderClient } from '@renderq/core';
import type { ItemOutcome } from '../items/item-outcome.ts';
import { lookOnceMore } from './last-look.ts';
import { outcomeItem, seenItem, storedJson, type TellOutcome, withReason } from './outcome-item.ts';
import type { ParkedRun } from './park-execution.ts';
import type { CallbackPlan } from './plan-callback.ts';
import { type JobOutcome, waitJobs } from './wait-jobs.ts';

/** n8n looks for executions to wake once a minute: parking for less is not worth it. */
export const SHORTEST_PARK_MS = 65_000;

/** All items of one run of the node. */
export interface RenderRun {
  readonly client: Pick<RenderClient, 'get' | 'wait' | 'provider'>;
  readonly clock: Clock;
  readonly plan: CallbackPlan;
  /** Begins to submit the jobs of all items; `callbackUrl` is where their ends are to be told. */
  submitAll(callbackUrl: string | undefined): readonly Promise<JobSnapshot>[];
  readonly onOutcome?: (index: number, outcome: JobOutcome) => void;
  /** Milliseconds to wait in process before parking. */
  readonly budgetMs: number;
  /** Milliseconds to wait in all, from the last submit on. */
  readonly maxWaitMs: number;
  readonly isSimple: boolean;
  /** Whether a failed item stops the workflow: the others are then not waited for. */
  readonly stopsAtFailure: boolean;
  readonly signal?: AbortSignal | undefined;
}

export type RenderRunEnd =
  | { readonly kind: 'done'; readonly outcomes: readonly ItemOutcome[] }
  | ({ readonly kind: 'parked' } & ParkedRun);

/** Submits all items, waits a while in process, and says whether to park for the rest. */
export async function runRenders(run: RenderRun): Promise<RenderRunEnd> {
  const { plan, budgetMs, maxWaitMs, client, clock } = run;
  const tell: TellOutcome = { provider: client.provider.id, maxWaitMs, isSimple: run.isSimple };
  const obstacle = plan.kind === 'poll' ? plan.reason : tooShort(run);
  const callbackUrl = plan.kind === 'callback' && obstacle === undefined ? plan.url : undefined;
  const submits = run.submitAll(callbackUrl);
  const waited = await wait(run, submits, callbackUrl === undefined ? maxWaitMs : budgetMs);
  if (stopsHere(run, waited)) return seen(tell, waited);
  if (callbackUrl === undefined) return done(tell, waited, obstacle);
  const leftMs = maxWaitMs - budgetMs;
  if (waited.some((outcome) => outcome.kind === 'pending' && outcome.snapshot.replayed === true)) {
    // Rendobar callbacks guide: the callback of a replay is not registered again; the job keeps that of its first submit.
    return done(tell, await waitOn(run, waited, leftMs), 'A job had been submitted before, with another callback.');
  }
  const looked = await lookOnceMore(waited, run);
  if (stopsHere(run, looked)) return seen(tell, looked);
  if (!looked.some(({ kind }) => kind === 'pending')) return done(tell, looked);
  const stored = looked.map((outcome, index) => storedJson(tell, outcome, index));
  return { kind: 'parked', stored, until: clock.now() + leftMs };
}

function tooShort({ maxWaitMs, budgetMs }: RenderRun): string | undefined {
  return maxWaitMs - budgetMs < SHORTEST_PARK_MS ? 'Max Wait is too short to park for.' : undefined;
}

function wait(run: RenderRun, submits: readonly Promise<JobSnapshot>[], budgetMs: number) {
  return waitJobs(submits, run.client, {
    budgetMs,
    clock: run.clock,
    signal: run.signal,
    onOutcome(index, outcome, stop) {
      run.onOutcome?.(index, outcome);
      if (run.stopsAtFailure && hasFailed(outcome)) stop();
    },
  });
}

/** Goes on waiting for what is pending; the other outcomes stand. */
async function waitOn(
  run: RenderRun,
  outcomes: readonly JobOutcome[],
  budgetMs: number,
): Promise<readonly JobOutcome[]> {
  const pending = outcomes.flatMap((outcome) => (outcome.kind === 'pending' ? [outcome.snapshot] : []));
  const more = await waitJobs(
    pending.map((snapshot) => Promise.resolve(snapshot)),
    run.client,
    { budgetMs, clock: run.clock, signal: run.signal },
  );
  const rest = more.values();
  return outcomes.map((outcome) => (outcome.kind === 'pending' ? (rest.next().value ?? outcome) : outcome));
}

function stopsHere({ stopsAtFailure }: RenderRun, outcomes: readonly JobOutcome[]): boolean {
  return stopsAtFailure && outcomes.some(hasFailed);
}

function hasFailed(outcome: JobOutcome): boolean {
  return outcome.kind === 'failed' || (outcome.kind === 'ended' && outcome.snapshot.state !== 'succeeded');
}

/** Another item stops the workflow, and these jobs have time left: they are told as they are. */
function seen(tell: TellOutcome, outcomes: readonly JobOutcome[]): RenderRunEnd {
  return { kind: 'done', outcomes: outcomes.map((outcome, index) => seenItem(tell, outcome, index)) };
}

function done(tell: TellOutcome, outcomes: readonly JobOutcome[], reason?: string): RenderRunEnd {
  return {
    kind: 'done',
    outcomes: outcomes.map((outcome, index) => withReason(outcomeItem(tell, outcome, index), reason)),
  };
}
