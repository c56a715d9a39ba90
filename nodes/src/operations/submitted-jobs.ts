import type { RenderError } from '@renderq/core';

/** What became of a submit: a job, or nobody can tell. */
export type SubmitMemory = { readonly jobId: string } | { readonly doubt: RenderError };

/** What requests became, for a provider that takes no idempotency keys. */
export interface SubmittedJobs {
  recall(key: string): SubmitMemory | undefined;
  remember(key: string, what: SubmitMemory): void;
}

/** Many more than an execution has items. */
const MOST = 20_000;

/**
 * Remembers the newest submits of this process. n8n's own Retry On Fail runs a whole node again: what the first try
 * submitted, or may have submitted, must not be paid twice.
 */
export function createSubmittedJobs(most = MOST): SubmittedJobs {
  const memories = new Map<string, SubmitMemory>();
  return {
    recall: (key) => memories.get(key),
    remember(key, what) {
      // The newest last, also one that is remembered again.
      memories.delete(key);
      memories.set(key, what);
      const [oldest] = memories.keys();
      if (memories.size > most && oldest !== undefined) memories.delete(oldest);
    },
  };
}
