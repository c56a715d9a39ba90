import { asRenderError, type RenderClient, TERMINAL_STATES } from '@renderq/core';
import type { JobOutcome } from './wait-jobs.ts';

/** A look that must wait longer for the account's rate limit is left to the callback. */
const LOOK_QUEUE_MS = 5_000;

/**
 * Reads each pending job once more, just before the execution is parked: n8n refuses a callback that comes while it still
 * runs (409), and a provider that does not repeat it would never be heard.
 */
export function lookOnceMore(
  outcomes: readonly JobOutcome[],
  client: Pick<RenderClient, 'get'>,
): Promise<readonly JobOutcome[]> {
  return Promise.all(
    outcomes.map(async (outcome) => {
      if (outcome.kind !== 'pending') return outcome;
      const { id } = outcome.snapshot;
      try {
        const snapshot = await client.get(id, { maxQueueMs: LOOK_QUEUE_MS });
        return TERMINAL_STATES.has(snapshot.state) ? { kind: 'ended', snapshot } : { kind: 'pending', snapshot };
      } catch (error) {
        const told = asRenderError(error);
        return told.code === 'NOT_FOUND' ? { kind: 'failed', error: told.with({ jobId: id }) } : outcome;
      }
    }),
  );
}
