import {
  asRenderError,
  type Clock,
  type JobSnapshot,
  type RenderClient,
  type RenderError,
  TERMINAL_STATES,
} from '@renderq/core';

/** What became of one job while it was waited for in process. */
export type JobOutcome =
  | { readonly kind: 'ended'; readonly snapshot: JobSnapshot }
  /** It was never submitted, or looking at it is impossible. */
  | { readonly kind: 'failed'; readonly error: RenderError }
  | { readonly kind: 'pending'; readonly snapshot: JobSnapshot };

export interface WaitBudget {
  /** Milliseconds to go on waiting once every submit has been answered. */
  readonly budgetMs: number;
  readonly clock: Clock;
  /** The end of the execution. */
  readonly signal?: AbortSignal | undefined;
  /** Hears each outcome as soon as it is known; `stop` ends the wait for all others. */
  readonly onOutcome?: ((index: number, outcome: JobOutcome, stop: () => void) => void) | undefined;
}

/** Without end: the budget decides. */
const NO_TIMEOUT_MS = Number.POSITIVE_INFINITY;

/**
 * Waits for jobs while they are being submitted and for a budget after the last submit was answered, so that a queue of
 * many items neither uses up the budget nor goes unwatched. One outcome for each submit, in their order; never rejects.
 */
export async function waitJobs(
  submits: readonly Promise<JobSnapshot>[],
  client: Pick<RenderClient, 'wait'>,
  { budgetMs, clock, signal, onOutcome }: WaitBudget,
): Promise<readonly JobOutcome[]> {
  const over = new AbortController();
  const stop = () => over.abort();
  if (signal?.aborted) stop();
  signal?.addEventListener('abort', stop, { once: true });
  const outcomes = Promise.all(
    submits.map(async (submit, index) => {
      const outcome = await follow(submit, client, over.signal, signal);
      onOutcome?.(index, outcome, stop);
      return outcome;
    }),
  );
  const allKnown = new AbortController();
  const noteEnd = outcomes.then(() => allKnown.abort());
  try {
    await Promise.allSettled(submits);
    await Promise.race([noteEnd, clock.sleep(budgetMs, allKnown.signal).catch(ignore)]);
    stop();
    return await outcomes;
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}

async function follow(
  submit: Promise<JobSnapshot>,
  client: Pick<RenderClient, 'wait'>,
  over: AbortSignal,
  stopped: AbortSignal | undefined,
): Promise<JobOutcome> {
  let snapshot: JobSnapshot | undefined;
  try {
    snapshot = await submit;
    if (TERMINAL_STATES.has(snapshot.state)) return { kind: 'ended', snapshot };
    const first = snapshot;
    const onChange = (look: JobSnapshot) => {
      // That the key was known is told by the submit alone.
      snapshot = first.replayed === undefined ? look : { ...look, replayed: first.replayed };
    };
    const end = await client.wait(first.id, { timeoutMs: NO_TIMEOUT_MS, signal: over, onChange });
    return { kind: 'ended', snapshot: end };
  } catch (error) {
    // The budget is over, but not the job and not the execution.
    if (snapshot !== undefined && over.aborted && stopped?.aborted !== true) return { kind: 'pending', snapshot };
    const told = asRenderError(error);
    return { kind: 'failed', error: snapshot === undefined ? told : told.with({ jobId: snapshot.id }) };
  }
}

function ignore(): void {}
