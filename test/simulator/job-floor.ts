import type { RandomStream } from './random.ts';
import type { Timeline } from './timeline.ts';

export type Party = 'us' | 'others';
export type SimulatedState = 'waiting' | 'running' | 'complete' | 'failed' | 'cancelled';

export interface SimulatedJob {
  readonly id: string;
  readonly party: Party;
  /** The client's item that the request spoke of; undefined for a request without one. */
  readonly item: number | undefined;
  readonly idempotencyKey: string | undefined;
  readonly webhookUrl: string | undefined;
  readonly acceptedAt: number;
  readonly durationMs: number;
  /** How it will end: well, with a failed render, or without ever having run. */
  readonly fate: 'complete' | 'failed' | 'never-ran';
  state: SimulatedState;
  startedAt?: number;
  endedAt?: number;
}

export type NewJob = Omit<SimulatedJob, 'state' | 'startedAt' | 'endedAt' | 'acceptedAt' | 'id'>;

export interface JobFloor {
  /** Starts the job, or lets it wait; undefined where there is no room for it. */
  admit(job: NewJob): SimulatedJob | undefined;
  hasRoom(): boolean;
  find(id: string): SimulatedJob | undefined;
  cancel(job: SimulatedJob): boolean;
  /** Every job, oldest first. */
  readonly jobs: readonly SimulatedJob[];
  /** The most jobs that ran at the same time. */
  readonly peak: number;
}

export interface FloorOptions {
  readonly timeline: Timeline;
  readonly ids: RandomStream;
  readonly newId: (ids: RandomStream) => string;
  readonly concurrentJobs: number;
  /** Jobs that may wait; 0 where a job over the cap is refused. */
  readonly backlog: number;
  readonly onEnd: (job: SimulatedJob) => void;
}

/** Where jobs run: as many at a time as the plan allows, the waiting ones in the order in which they came. */
export function createJobFloor(options: FloorOptions): JobFloor {
  const { timeline, ids, newId, concurrentJobs, backlog, onEnd } = options;
  const jobs: SimulatedJob[] = [];
  const byId = new Map<string, SimulatedJob>();
  const ends = new Map<SimulatedJob, () => void>();
  const waiting = new Set<SimulatedJob>();
  let peak = 0;

  function start(job: SimulatedJob): void {
    waiting.delete(job);
    job.state = 'running';
    job.startedAt = timeline.now();
    const lasts = job.fate === 'never-ran' ? 0 : job.durationMs;
    ends.set(
      job,
      timeline.after(lasts, () => end(job, job.fate === 'complete' ? 'complete' : 'failed')),
    );
    peak = Math.max(peak, ends.size);
  }

  function end(job: SimulatedJob, state: SimulatedState): void {
    ends.get(job)?.();
    ends.delete(job);
    waiting.delete(job);
    job.state = state;
    job.endedAt = timeline.now();
    const [next] = waiting;
    if (next !== undefined && ends.size < concurrentJobs) start(next);
    onEnd(job);
  }

  const hasRoom = () => ends.size + waiting.size < concurrentJobs + backlog;

  return {
    jobs,
    hasRoom,
    find: (id) => byId.get(id),
    admit(asked) {
      if (!hasRoom()) return undefined;
      const job: SimulatedJob = { ...asked, id: newId(ids), acceptedAt: timeline.now(), state: 'waiting' };
      jobs.push(job);
      byId.set(job.id, job);
      waiting.add(job);
      if (ends.size < concurrentJobs) start(job);
      return job;
    },
    cancel(job) {
      if (job.endedAt !== undefined) return false;
      end(job, 'cancelled');
      return true;
    },
    get peak() {
      return peak;
    },
  };
}
