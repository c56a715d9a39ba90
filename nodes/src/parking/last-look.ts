import { asRenderError, type Clock, type RenderClient, RenderError, TERMINAL_STATES } from '@renderq/core';
import type { JobOutcome } from './wait-jobs.ts';

/** A window of both providers' rate limits and some more: what is spent when the look is due comes back within it. */
const LOOK_QUEUE_MS = 65_000;
/** A look that is older says little: the job may have ended since, and its callback been refused. */
const FRESH_MS = 5_000;
/** Looks at one job. An account that is so busy must leave the rest to the callback. */
const MOST_LOOKS = 3;

/** How the last look is made. */
export interface LastLook {
  readonly client: Pick<RenderClient, 'get'>;
  readonly clock: Clock;
  /** The end of the execution. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Reads each pending job once more, just before the execution is parked: n8n refuses a callback that comes while it still
 * runs (409), and a provider that does not repeat it would never be heard. Where the rate limit has held up some of the
 * looks, the jobs that were read long before are read again.
 */
export async function lookOnceMore(
  outcomes: readonly JobOutcome[],
  { client, clock, signal }: LastLook,
): Promise<readonly JobOutcome[]> {
  const looks = outcomes.map((outcome) => ({ outcome, at: Number.NEGATIVE_INFINITY }));
  for (let round = 0; round < MOST_LOOKS && signal?.aborted !== true; round += 1) {
    const due = looks.filter(({ outcome, at }) => outcome.kind === 'pending' && clock.now() - at >= FRESH_MS);
    if (due.length === 0) break;
    await Promise.all(
      due.map(async (look) => {
        look.outcome = await lookAgain(look.outcome, client, signal);
        look.at = clock.now();
      }),
    );
  }
  const isStopped = signal?.aborted === true;
  return looks.map(({ outcome }) => (isStopped && outcome.kind === 'pending' ? stopped(outcome.snapshot.id) : outcome));
}

async function lookAgain(
  outcome: JobOutcome,
  client: Pick<RenderClient, 'get'>,
  signal: AbortSignal | undefined,
): Promise<JobOutcome> {
  if (outcome.kind !== 'pending') return outcome;
  const { id } = outcome.snapshot;
  try {
    const snapshot = await client.get(id, { maxQueueMs: LOOK_QUEUE_MS, signal });
    return { kind: TERMINAL_STATES.has(snapshot.state) ? 'ended' : 'pending', snapshot };
  } catch (error) {
    const told = asRenderError(error);
    return told.code === 'NOT_FOUND' ? { kind: 'failed', error: told.with({ jobId: id }) } : outcome;
  }
}

/** An execution that was stopped must not be put to sleep: n8n would wake it. */
function stopped(jobId: string): JobOutcome {
  const message = 'The execution was stopped before the job had ended.';
  return { kind: 'failed', error: new RenderError({ code: 'CANCELLED', message, jobId }) };
}
