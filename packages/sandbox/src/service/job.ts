import type { CommandTask, MovieTask, RenderFaultKind } from '../engine/renderer.ts';
import type { Reservation } from './credits.ts';
import type { JobFault } from './fault-rule.ts';
import type { StoredFile } from './output-store.ts';
import type { Provider } from './plans.ts';

/** Both vendors' states: PhantomFlow shows `waiting` and `dispatched` as queued. The last three are terminal. */
export type JobState = 'waiting' | 'dispatched' | 'running' | 'complete' | 'failed' | 'cancelled';

export type RenderTask =
  | { readonly kind: 'command'; readonly command: CommandTask }
  | { readonly kind: 'movie'; readonly movie: MovieTask };

/** Why a job failed: what the engine saw, or the vendor code that a fault rule asked for. */
export interface JobFailure {
  readonly cause: RenderFaultKind | { readonly code: string };
  readonly message: string;
  /** The tail of the tool's own words. */
  readonly detail?: string;
}

/** One job, whatever API it came in by. Times are Unix milliseconds. */
export interface Job {
  readonly id: string;
  readonly accountId: string;
  readonly provider: Provider;
  readonly type: string;
  readonly task: RenderTask;
  readonly timeoutMs: number;
  /** Makes the job end otherwise than its render would. */
  readonly fault?: JobFault;
  readonly state: JobState;
  /** Share done, 0 to 1. */
  readonly progress: number;
  readonly createdAt: number;
  readonly dispatchedAt?: number;
  readonly startedAt?: number;
  readonly completedAt?: number;
  readonly files: readonly StoredFile[];
  readonly warnings: readonly string[];
  readonly failure?: JobFailure;
  /** In the provider's unit; undefined until it is settled. */
  readonly cost?: number;
  readonly settledAt?: number;
  /** PhantomFlow takes the estimate when it accepts the job. */
  readonly reservation?: Reservation;
  /** What only the dialect that accepted the job reads: the request as it was sent, callbacks and the like. */
  readonly wire: unknown;
}

export type NewJob = Pick<Job, 'id' | 'accountId' | 'provider' | 'type' | 'task' | 'timeoutMs' | 'wire'> &
  Partial<Pick<Job, 'fault' | 'reservation'>>;

export type JobPatch = Partial<Omit<Job, 'id' | 'accountId' | 'provider' | 'type' | 'task'>>;

export function isTerminal(state: JobState): boolean {
  return state === 'complete' || state === 'failed' || state === 'cancelled';
}
