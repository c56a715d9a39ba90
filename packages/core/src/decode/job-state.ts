import type { RemoteJobState } from '../contract/job.ts';

const WORDS: Readonly<Record<RemoteJobState, readonly string[]>> = {
  queued: ['queued', 'waiting', 'pending', 'dispatched', 'created', 'submitted', 'accepted', 'scheduled'],
  running: ['running', 'processing', 'rendering', 'in_progress', 'active', 'started'],
  succeeded: ['succeeded', 'complete', 'completed', 'done', 'success', 'successful', 'finished'],
  failed: ['failed', 'failure', 'error', 'errored', 'timeout', 'timed_out', 'expired'],
  cancelled: ['cancelled', 'canceled', 'aborted'],
};

const STATE_OF: ReadonlyMap<string, RemoteJobState> = new Map(
  Object.entries(WORDS).flatMap(([state, words]) => words.map((word) => [word, state as RemoteJobState] as const)),
);

/**
 * A provider's word for a state in renderq's words. A word that nobody knows counts as running, "not finished":
 * calling an unknown state an end would free a slot that is still taken.
 */
export function readJobState(word: string): RemoteJobState {
  return (
    STATE_OF.get(
      word
        .trim()
        .toLowerCase()
        .replaceAll(/[\s-]+/g, '_'),
    ) ?? 'running'
  );
}

/** True where the provider's word says that time ran out rather than that the work failed. */
export function isTimeoutWord(word: string): boolean {
  return /^(timeout|timed[\s_-]?out|expired)$/i.test(word.trim());
}
