import type { JobPage, JobSnapshot } from '../contract/job.ts';
import { TERMINAL_STATES } from '../contract/job.ts';
import type { AccountEvidence } from '../contract/recovery.ts';
import type { Clock } from '../ports/clock.ts';

/** Ids that are remembered; far more than a list shows at a time. */
const MOST_KNOWN = 10_000;
/** More than any plan runs at a time. */
const MOST_ACCEPTANCES = 200;
/** A job is created between its submit and the answer; more than a long request apart, one of the clocks is wrong. */
const TIME_TOLERANCE_MS = 60_000;
/** The job of a submit that nobody could settle appears within this time, if ever. */
export const UNSETTLED_MS = 60_000;
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
  /** The job was asked for here. */
  own(jobId: string): void;
  /** The job was accepted just now; `serverNow` is the provider's time, where it is known. */
  submitted(jobId: string, serverNow: number | undefined): void;
  /** These jobs, oldest first, were submitted by an earlier process, which had learned this. */
  remember(jobIds: readonly string[], evidence: AccountEvidence): void;
  /** An earlier process had this job accepted then, and it has not been seen to end. */
  remembered(jobId: string, acceptedAt: number): void;
  /** What the lists have taught. */
  evidence(): AccountEvidence;
  isKnown(jobId: string): boolean;
  /** Whether the job was submitted here, or by an earlier process of ours. */
  isOwn(jobId: string): boolean;
  /**
   * Takes note of a list. `mayHoldNew` says that a submit of ours was on the wire meanwhile: what is new may be its job.
   */
  saw(page: JobPage, mayHoldNew: boolean): ForeignJobs | undefined;
  /** Any list teaches how soon lists show our jobs, and whether their times are true. */
  learnFrom(page: JobPage): void;
  /** A submit stayed unsettled: its job, if there is one, will look like a stranger's. `at`: when it was sent; default: now. */
  unsettled(at?: number): void;
  /** Whether such a job may still appear. */
  mayShowUnsettled(): boolean;
  /** Unix milliseconds at which a list last showed a new job of another program; -Infinity where none did. */
  othersSeenAt(): number;
  /** A submit was found never to have arrived. One that is carried out later still looks like the next one's job. */
  absent(at?: number): void;
  /** Whether such a job may still appear. */
  mayShowAbsent(): boolean;
  /**
   * How long a job may be missing from lists: the lowest age at which a list has shown a running one that was submitted here;
   * Infinity where none has.
   */
  listLagMs(): number;
  /** Whether a list would show a new job: it shows the newest that was submitted here. */
  showsNewest(page: JobPage): boolean;
  /** Whether a list shows every job that was submitted here. */
  showsAll(page: JobPage): boolean;
  /** Whether the lists' times of creation are the provider's own; undefined where no job has told. */
  timesAreTrue(): boolean | undefined;
  /** Whether lists may tell of jobs: none has been read yet, or one has shown some. */
  mayTell(): boolean;
  /** Whether a list has been read before: what was in it is known. */
  hasBaseline(): boolean;
}

export function createJobBook(clock: Clock): JobBook {
  const known = new Map<string, 'own' | 'seen'>();
  let sharedAt = Number.NEGATIVE_INFINITY;
  let unsettledAt = Number.NEGATIVE_INFINITY;
  let absentAt = Number.NEGATIVE_INFINITY;
  /** When the newest jobs were accepted here: by our clock, and by the provider's. */
  const acceptances = new Map<string, { readonly at: number; readonly serverAt: number | undefined }>();
  let newest: string | undefined;
  let lagMs = Number.POSITIVE_INFINITY;
  let timesAreTrue: boolean | undefined;
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

  /** What a list tells of lists by the jobs in it whose acceptance was seen here. */
  function learn({ id, state, createdAt }: JobSnapshot): void {
    const acceptance = acceptances.get(id);
    if (acceptance === undefined) return;
    if (!TERMINAL_STATES.has(state)) lagMs = Math.min(lagMs, clock.now() - acceptance.at);
    const { serverAt } = acceptance;
    if (createdAt === undefined || serverAt === undefined) return;
    timesAreTrue = Math.abs(createdAt - serverAt) < TIME_TOLERANCE_MS;
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
    submitted(jobId, serverAt) {
      note(jobId, 'own');
      newest = jobId;
      acceptances.set(jobId, { at: clock.now(), serverAt });
      const [oldest] = acceptances.keys();
      if (acceptances.size > MOST_ACCEPTANCES && oldest !== undefined) acceptances.delete(oldest);
    },
    remember(jobIds, evidence) {
      for (const jobId of jobIds) note(jobId, 'own');
      newest ??= jobIds.at(-1);
      lagMs = Math.min(lagMs, evidence.listLagMs ?? lagMs);
      timesAreTrue ??= evidence.timesAreTrue;
      sharedAt = Math.max(sharedAt, evidence.othersSeenAt ?? sharedAt);
      unsettledAt = Math.max(unsettledAt, evidence.unsettledAt ?? unsettledAt);
      absentAt = Math.max(absentAt, evidence.absentAt ?? absentAt);
    },
    remembered(jobId, acceptedAt) {
      note(jobId, 'own');
      // The provider's time at its acceptance is not known any more: the job tells nothing of the lists' times.
      if (!acceptances.has(jobId)) acceptances.set(jobId, { at: acceptedAt, serverAt: undefined });
    },
    evidence: () => ({
      ...(Number.isFinite(lagMs) && { listLagMs: lagMs }),
      ...(timesAreTrue !== undefined && { timesAreTrue }),
      ...(Number.isFinite(sharedAt) && { othersSeenAt: sharedAt }),
      ...(Number.isFinite(unsettledAt) && { unsettledAt }),
      ...(Number.isFinite(absentAt) && { absentAt }),
    }),
    isKnown: (jobId) => known.has(jobId),
    isOwn: (jobId) => known.get(jobId) === 'own',
    saw({ jobs }, mayHoldNew) {
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
    learnFrom: ({ jobs }) => jobs.forEach(learn),
    unsettled(at = clock.now()) {
      unsettledAt = Math.max(unsettledAt, at);
    },
    mayShowUnsettled,
    othersSeenAt: () => sharedAt,
    absent(at = clock.now()) {
      absentAt = Math.max(absentAt, at);
    },
    mayShowAbsent: () => clock.now() - absentAt < UNSETTLED_MS,
    listLagMs: () => lagMs,
    showsNewest: ({ jobs }) => newest !== undefined && jobs.some(({ id }) => id === newest),
    showsAll({ jobs }) {
      const shown = new Set(jobs.map(({ id }) => id));
      for (const [id, as] of known) if (as === 'own' && !shown.has(id)) return false;
      return true;
    },
    timesAreTrue: () => timesAreTrue,
    mayTell: () => hasShown || !baseline,
    hasBaseline: () => baseline,
  };
}
