import type { AccountEvidence, AccountMemory } from '@renderq/core';
import type { JobRecord } from './job-record.ts';
import type { JobState } from './job-state.ts';

export interface ListQuery {
  readonly state?: JobState;
  readonly provider?: string;
  /** At most this many records. */
  readonly limit: number;
  /** `nextCursor` of the page before. */
  readonly cursor?: string;
}

export interface RecordPage {
  /** Newest first, without their requests. */
  readonly records: readonly JobRecord[];
  /** Present when there is more. */
  readonly nextCursor?: string;
}

export interface InsertRules {
  /** A job without a key meets an equal one of the same principal and account that was accepted at this time or later. */
  readonly repeatsSince: number;
  /** Jobs that may be open in the store, of all principals. */
  readonly maxOpen: number;
}

/** What became of an insert. `held`: the key belongs to this job; `repeat`: an equal job was accepted just before. */
export type Insertion =
  | { readonly outcome: 'inserted'; readonly isMine: boolean }
  | { readonly outcome: 'held' | 'repeat'; readonly record: JobRecord }
  | { readonly outcome: 'full' };

/** What a process asks of the one that works a job's account. */
export type Request = 'cancel' | 'look' | 'settle';

/** A job that has changed, and what is asked about it. */
export interface News {
  readonly record: JobRecord;
  readonly asked: readonly Request[];
}

/**
 * Where jobs are kept, and how the processes that share them agree on who works which account. One process at a time owns
 * an account, and holds its jobs; only the holder of a job changes it until it has ended.
 *
 * All of it is synchronous: a submit is marked at the last instant before its request goes on the wire, and the mark must
 * have been made, or refused, when the wire is reached. Any method throws RenderError STORE_UNAVAILABLE.
 */
export interface JobStore {
  /** Whether other processes may use it at the same time. */
  readonly isShared: boolean;
  /** Accepts a job, unless it has been accepted before or there is no room. Test and write are one step, and on disk. */
  insert(record: JobRecord, rules: InsertRules): Insertion;
  /** The job that holds this idempotency key of the principal at this account. */
  findByKey(principal: string, account: string, idempotencyKey: string): JobRecord | undefined;
  /** Whether a job of the principal went out under this provider's key. */
  hasProviderKey(principal: string, provider: string, providerKey: string): boolean;
  get(id: string): JobRecord | undefined;
  /** The request of a job; undefined where it is kept no longer. */
  requestOf(id: string): unknown;
  /**
   * Replaces a job that is held here, or one that has ended and stays so. False where it is somebody else's, or gone.
   * `isDurable`: on disk before it returns.
   */
  put(record: JobRecord, isDurable: boolean): boolean;
  /**
   * Opens a job again that failed for an unknown outcome. `changed`: it is another by now; `taken`: its provider's job
   * belongs to another job of ours; `bare`: its request is kept no longer.
   */
  reopen(record: JobRecord): 'reopened' | 'changed' | 'taken' | 'bare';
  /** The job of ours that has this job of the account's provider. */
  jobOfRemote(account: string, remoteId: string): string | undefined;
  /** Replaces a job that no living process holds and that was never sent. False where it is otherwise. */
  withdraw(record: JobRecord): boolean;
  /** Leaves word for the process that works the job's account. */
  ask(id: string, request: Request): void;
  /** Throws RenderError INVALID_REQUEST (field `cursor`) for a cursor that it did not give out. */
  list(principal: string, query: ListQuery): RecordPage;

  /** Accounts that have open jobs. */
  openAccounts(): readonly { readonly account: string; readonly provider: string }[];
  /** Whether a living process owns the account. */
  isOwned(account: string): boolean;
  /** Makes the account ours, unless a living process owns it; `evenIfAlive` where that process has been seen to hang. */
  takeAccount(account: string, provider: string, evenIfAlive: boolean): boolean;
  /**
   * Takes the open jobs of an account of ours that are not held here: all but those that a living process has on the wire.
   * Oldest first, with their requests.
   */
  takeJobs(account: string): readonly JobRecord[];
  /**
   * The account's jobs died with the process that had it before us: those that have ended are marked as gone, hold no key
   * and are no repeats.
   */
  endLife(account: string): void;
  /** A sign of life. False where the account is ours no longer. */
  beat(account: string): boolean;
  /** Changes with every sign of life of the account's owner. Undefined where nobody owns it. */
  beatOf(account: string): number | undefined;
  /** Leaves a job to whoever owns its account. */
  letGo(id: string): void;
  /** Leaves the account, and all its jobs that are held here, to others. */
  giveBack(account: string): void;
  /** What core must know to carry on with the account. */
  memoryOf(account: string): AccountMemory;
  /** When the account's submits went out of which nobody knows what became, since then. Unix milliseconds. */
  doubtsOf(account: string, since: number): readonly number[];
  keepEvidence(account: string, evidence: AccountEvidence): void;

  /** Changes when another process has written. */
  version(): number;
  /** The jobs that have changed since the last call, in the order of their changes. The first call gives none. */
  news(): readonly News[];
  /** Takes word that was left off a job: it is being seen to. */
  answered(id: string): void;
  close(): void;
}
