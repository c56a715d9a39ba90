import type { JobPage, JobSnapshot } from '../contract/job.ts';
import { TERMINAL_STATES } from '../contract/job.ts';
import type { Clock } from '../ports/clock.ts';

/** Ids that are remembered; far more than a list shows at a time. */
const MOST_KNOWN = 10_000;
/** The job of a submit that nobody could settle appears within this time, if ever. */
const UNSETTLED_MS = 60_000;
/** A job that has stood in the list for longer than this without an end holds no slot: it is a ghost. */
const GHOST_MS = 7_200_000;

/** What a list showed of jobs that were not submitted here. */
export interface ForeignJobs {
  readonly running: number;
}

/**
 * Which of an account's jobs are known here, and what lists tell of the others. What it is for: to find the job of a
 * submit whose answer was lost, one must know all the others.
 */
export interface JobBook {
  /** The job was submitted, or asked for, here. */
  own(jobId: string): void;
  isKnown(jobId: string): boolean;
  /**
   * Takes note of a list. `mayHoldNew` says that a submit of ours was on the wire meanwhile: what is new may be its job.
   */
  saw(page: JobPage, mayHoldNew: boolean): ForeignJobs | undefined;
  /** A submit stayed unsettled: its job, if there is one, will look like a stranger's. */
  unsettled(): void;
  /** Whether such a job may still appear. */
  mayShowUnsettled(): boolean;
  /** Unix milliseconds at which a list last showed a new job of another program; -Infinity where none did. */
  othersSeenAt(): number;
  /** Whether a list has shown a job that was submitted here: the proof that lists show them at all. */
  listsProven(): boolean;
  /** Whether lists may tell of jobs: none has been read yet, or one has shown some. */
  mayTell(): boolean;
  /** Whether a list has been read before: what was in it is known. */
  hasBaseline(): boolean;
}

export function createJobBook(clock: Clock): JobBook {
  const known = new Map<string, 'own' | 'seen'>();
  let sharedAt = Number.NEGATIVE_INFINITY;
  let unsettledAt = Number.NEGATIVE_INFINITY;
  let proven = false;
  let baseline = false;
  let hasShown = false;

  function note(jobId: string, as: 'own' | 'seen'): void {
    const before = known.get(jobId);
    known.delete(jobId);
    known.set(jobId, before === 'own' ? 'own' : as);
    if (known.size <= MOST_KNOWN) return;
    const [oldest] = known.keys();
    if (oldest !== undefined) known.delete(oldest);
  }

  function mayShowUnsettled(): boolean {
    return clock.now() - unsettledAt < UNSETTLED_MS;
  }

  function isRunning({ state, createdAt }: JobSnapshot): boolean {
    if (TERMINAL_STATES.has(state)) return false;
    return createdAt === undefined || clock.now() - createdAt < GHOST_MS;
  }

  return {
    own: (jobId) => note(jobId, 'own'),
    isKnown: (jobId) => known.has(jobId),
    saw({ jobs }, mayHoldNew) {
      if (jobs.some(({ id }) => known.get(id) === 'own')) proven = true;
      if (jobs.length > 0) hasShown = true;
      if (mayHoldNew) return undefined;
      for (const { id } of jobs) {
        if (known.has(id)) continue;
        // What the first list shows may be old; what appears after it, and is not ours, is somebody else's.
        if (baseline && !mayShowUnsettled()) sharedAt = clock.now();
        note(id, 'seen');
      }
      baseline = true;
      return { running: jobs.filter((job) => known.get(job.id) !== 'own' && isRunning(job)).length };
    },
    unsettled() {
      unsettledAt = clock.now();
    },
    mayShowUnsettled,
    othersSeenAt: () => sharedAt,
    listsProven: () => proven,
    mayTell: () => hasShown || !baseline,
    hasBaseline: () => baseline,
  };
}
