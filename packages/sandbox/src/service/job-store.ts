import { isTerminal, type Job, type JobPatch, type NewJob } from './job.ts';

/** Jobs beyond this many leave the store, the oldest ended one first. */
const KEPT_JOBS = 5000;

export interface JobCounts {
  readonly waiting: number;
  /** Dispatched or running: what a concurrency cap counts. */
  readonly active: number;
}

export interface JobStore {
  insert(job: NewJob, createdAt: number): Job;
  get(id: string): Job | undefined;
  /** Throws when the job is not there: only whoever inserted it may change it. */
  update(id: string, patch: JobPatch): Job;
  /** One account's jobs, newest first. */
  ofAccount(accountId: string): readonly Job[];
  counts(accountId: string): JobCounts;
  all(): readonly Job[];
  remove(id: string): void;
}

export interface JobStoreOptions {
  readonly keptJobs?: number;
  /** Told when a job leaves, so that its files can go too. */
  readonly onRemoved?: (job: Job) => void;
}

/** Jobs in memory, as immutable records in the order of their arrival. */
export function createJobStore(options: JobStoreOptions = {}): JobStore {
  const keptJobs = options.keptJobs ?? KEPT_JOBS;
  const jobs = new Map<string, Job>();
  const live = new Map<string, Set<string>>();

  function track(job: Job): void {
    const ids = live.get(job.accountId) ?? new Set<string>();
    if (isTerminal(job.state)) ids.delete(job.id);
    else ids.add(job.id);
    live.set(job.accountId, ids);
  }

  function remove(id: string): void {
    const job = jobs.get(id);
    if (!job) return;
    jobs.delete(id);
    live.get(job.accountId)?.delete(id);
    options.onRemoved?.(job);
  }

  function makeRoom(): void {
    if (jobs.size < keptJobs) return;
    for (const job of jobs.values()) {
      if (!isTerminal(job.state)) continue;
      remove(job.id);
      return;
    }
  }

  return {
    insert(fields, createdAt) {
      if (jobs.has(fields.id)) throw new Error(`A job with the id ${fields.id} exists already.`);
      makeRoom();
      const job: Job = { ...fields, state: 'waiting', progress: 0, createdAt, files: [], warnings: [] };
      jobs.set(job.id, job);
      track(job);
      return job;
    },
    get: (id) => jobs.get(id),
    update(id, patch) {
      const job = jobs.get(id);
      if (!job) throw new Error(`There is no job with the id ${id}.`);
      const next: Job = { ...job, ...patch };
      jobs.set(id, next);
      track(next);
      return next;
    },
    ofAccount: (accountId) => [...jobs.values()].filter((job) => job.accountId === accountId).reverse(),
    counts(accountId) {
      let waiting = 0;
      let active = 0;
      for (const id of live.get(accountId) ?? []) {
        if (jobs.get(id)?.state === 'waiting') waiting += 1;
        else active += 1;
      }
      return { waiting, active };
    },
    all: () => [...jobs.values()],
    remove,
  };
}
