import type { ErrorRecord } from '../errors/error-record.ts';

/** What a request was made for. */
export type RequestPurpose = 'submit' | 'call' | 'look' | 'settle';

/**
 * One decision of an account's scheduler. Hosts turn them into progress, log lines and metrics. No event carries a
 * request, an answer, a key or a link. Times are Unix milliseconds.
 */
export type AccountEvent = { readonly at: number } & (
  | {
      /** An attempt was answered, or failed on the wire. */
      readonly type: 'request';
      readonly purpose: RequestPurpose;
      readonly method: string;
      readonly durationMs: number;
      /** Absent where no answer came. */
      readonly httpStatus?: number;
      /** What the attempt failed with. */
      readonly error?: ErrorRecord;
    }
  | {
      /** No request passes before `until`: refused by the provider, or the window is spent. */
      readonly type: 'gate-closed';
      readonly reason: 'refused' | 'spent';
      readonly until: number;
    }
  | {
      readonly type: 'submit-queued';
      readonly owner: string;
      /** Submits that wait, this one included. */
      readonly waiting: number;
    }
  | { readonly type: 'slot-leased' | 'slot-freed'; readonly taken: number; readonly capacity: number }
  | {
      /** The provider refused a submit for want of a slot. */
      readonly type: 'slot-refused';
      /** Jobs that the account is believed to have room for now. */
      readonly allowed: number;
      readonly nextAttemptAt: number;
    }
  | {
      readonly type: 'look';
      /** `list` serves every job at once, `job` one of them. */
      readonly by: 'list' | 'job';
      /** Jobs that were due, and those of them that were seen to have ended. */
      readonly jobs: number;
      readonly ended: number;
    }
  | {
      /** A job was seen to have ended. */
      readonly type: 'job-ended';
      readonly jobId: string;
      readonly state: string;
      /** Milliseconds from its acceptance, where it was submitted here. */
      readonly ageMs?: number;
    }
  | {
      readonly type: 'retry';
      readonly purpose: RequestPurpose;
      readonly attempts: number;
      readonly nextAttemptAt: number;
      readonly error: ErrorRecord;
    }
  | {
      /** The answer to a submit without a key was lost: nothing else is submitted until it is settled. */
      readonly type: 'submit-in-doubt';
      readonly error: ErrorRecord;
    }
  | {
      readonly type: 'submit-settled';
      /** `found`: the job is in the list. `absent`: it never arrived. `unknown`: nobody can tell. */
      readonly outcome: 'found' | 'absent' | 'unknown';
      readonly jobId?: string;
    }
  | {
      /** Submits rest: the account's credits are spent. Jobs go on being watched. */
      readonly type: 'submits-paused';
      readonly until: number;
      readonly error: ErrorRecord;
    }
  | {
      /** The provider does not know the account's key, or has suspended it: what waited was refused. */
      readonly type: 'account-stopped';
      readonly refused: number;
      readonly error: ErrorRecord;
    }
  | { readonly type: 'breaker'; readonly state: 'open' | 'closed'; readonly until?: number }
);

export type AccountEventType = AccountEvent['type'];

export type AccountListener = (event: AccountEvent) => void;
