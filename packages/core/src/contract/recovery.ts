import type { JobSnapshot } from './job.ts';

/**
 * What an account has taught: whether lists can be trusted to show jobs, and whether others use it. Plain JSON without a
 * secret, so that a later process can begin where this one ended. Times are Unix milliseconds.
 */
export interface AccountEvidence {
  /** The lowest age at which a list has shown a running job of ours. Absent where none has. */
  readonly listLagMs?: number;
  /** Whether the lists' times of creation are the provider's own. Absent where no job has told. */
  readonly timesAreTrue?: boolean;
  /** When other programs were last seen to use the account. */
  readonly othersSeenAt?: number;
  /** When a submit was last given up as unsettled, and when one was last found never to have arrived. */
  readonly unsettledAt?: number;
  readonly absentAt?: number;
}

/** What an earlier process knew of the account. */
export interface AccountMemory {
  /** The provider's ids of jobs that were submitted from here, oldest first. */
  readonly jobIds: readonly string[];
  /** The jobs of these that have not been seen to end, each with the Unix milliseconds of its acceptance. */
  readonly openJobs: readonly { readonly id: string; readonly acceptedAt: number }[];
  readonly evidence?: AccountEvidence | undefined;
}

/** A submit whose process ended before its answer came. */
export interface LostSubmit {
  /** Unix milliseconds just before it went on the wire. */
  readonly sentAt: number;
  /**
   * When other submits of ours went on the wire whose outcome is unknown as well. Submits without a key go one at a time, so
   * their jobs are told apart by the times of their creation. Default: what this process remembers.
   */
  readonly rivals?: readonly number[] | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What became of a submit whose answer was lost. */
export type Settlement =
  | { readonly outcome: 'found'; readonly job: JobSnapshot }
  | { readonly outcome: 'absent' }
  | {
      readonly outcome: 'unknown';
      /** What stands in the way, to follow "It cannot be settled:". */
      readonly why: string;
      /** The provider's ids of jobs that could be it, where there are any. */
      readonly candidates?: readonly string[];
    };

/** How a process carries on with an account that another process worked before it. */
export interface AccountRecovery {
  /**
   * From now on the jobs of the memory are known as ours, and each that has not ended holds a job slot until it is seen to.
   * A job that holds a slot here and has ended according to the memory gives it back.
   */
  adopt(memory: AccountMemory): void;
  /** What the account has taught so far. */
  evidence(): AccountEvidence;
  /**
   * Finds out what became of a submit that carried no idempotency key, by the rules that hold for an answer lost in this
   * process. Nothing else is submitted to the account meanwhile. The caller sees to it that no other job of its own is
   * taken for the one sought: it has told all of them to {@link adopt}.
   * @throws {RenderError} CANCELLED when the signal aborts first.
   */
  settle(lost: LostSubmit): Promise<Settlement>;
}
