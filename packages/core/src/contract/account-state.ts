import type { ErrorRecord } from '../errors/error-record.ts';

/** Where an account stands, for people to read. Times are Unix milliseconds. */
export interface AccountState {
  readonly provider: string;
  readonly baseUrl: string;
  readonly window: {
    readonly requestsPerMinute: number;
    /** Requests left in the provider's window, where it tells that. */
    readonly remaining?: number;
    readonly resetsAt?: number;
    /** No request passes before this time. */
    readonly closedUntil?: number;
  };
  readonly slots: {
    /** The plan's jobs at a time, with the backlog that a queueing provider is given. */
    readonly capacity: number;
    /** What the account is believed to have room for: less than the capacity after a refusal. */
    readonly allowed: number;
    readonly taken: number;
    /** Running jobs of others, as the last list showed them. */
    readonly foreign: number;
    readonly jobs: readonly string[];
  };
  readonly queue: {
    readonly waiting: number;
    readonly owners: number;
    /** Why nothing is submitted just now. */
    readonly heldBy?: 'slot' | 'turn' | 'doubt' | 'credits' | 'outage';
    readonly nextAttemptAt?: number;
    readonly error?: ErrorRecord;
  };
  readonly watched: { readonly jobs: number; readonly nextLookAt?: number };
  /** Set while the provider counts as down. */
  readonly downUntil?: number;
}
