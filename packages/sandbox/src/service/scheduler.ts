import { type Renderer, RenderFault, type RenderResult } from '../engine/renderer.ts';
import type { SandboxClock } from './clock.ts';
import { isForced } from './fault-rule.ts';
import { isTerminal, type Job, type JobFailure, type NewJob } from './job.ts';
import type { JobStore } from './job-store.ts';
import type { OutputStore } from './output-store.ts';

export interface SchedulerOptions {
  readonly store: JobStore;
  readonly outputs: OutputStore;
  readonly clock: SandboxClock;
  /** The engine, once it is ready. */
  readonly renderer: () => Promise<Renderer>;
  /** Renders at a time over all accounts. */
  readonly parallelism: number;
  /** Jobs at a time that an account may have, read anew whenever a slot is given. */
  readonly slotsOf: (accountId: string) => number;
  /** Whether an account's jobs get a free engine before those of others. */
  readonly hasPriority: (accountId: string) => boolean;
  readonly onStarted?: (job: Job) => void;
  /** Called once for each job, when it has ended and its files are in place. */
  readonly onEnded?: (job: Job) => void;
  /** Told of errors that no render should throw: they are bugs of the sandbox. */
  readonly onDefect?: (error: unknown) => void;
}

export interface Scheduler {
  /** Stores the job and gives it a slot as soon as there is one. */
  submit(job: NewJob): Job;
  /** Ends a job that has not ended; returns it, or undefined when it had ended already. */
  cancel(jobId: string): Job | undefined;
  /** Resolves when no render is under way: for an orderly end. */
  drain(): Promise<void>;
}

/** Thrown into a render whose job has been ended from outside. */
const CANCELLED = new RenderFault('cancelled', 'The job was cancelled.');

export function createScheduler(options: SchedulerOptions): Scheduler {
  const { store, outputs, clock } = options;
  const waiting: string[] = [];
  const dispatched: string[] = [];
  const controllers = new Map<string, AbortController>();
  const renders = new Set<Promise<void>>();
  let engines = 0;

  function end(jobId: string, patch: Pick<Job, 'state'> & Partial<Job>): Job | undefined {
    const job = store.get(jobId);
    // A reset forgets jobs, and a cancel may be faster than the engine: the first end counts.
    if (!job || isTerminal(job.state)) return undefined;
    const ended = store.update(jobId, { ...patch, completedAt: clock.now() });
    options.onEnded?.(ended);
    return ended;
  }

  function dispatch(): void {
    for (const jobId of waiting.splice(0)) {
      const job = store.get(jobId);
      if (job?.state !== 'waiting') continue;
      const stuck = job.fault?.hang === 'waiting';
      if (stuck || store.counts(job.accountId).active >= options.slotsOf(job.accountId)) {
        waiting.push(jobId);
        continue;
      }
      store.update(jobId, { state: 'dispatched', dispatchedAt: clock.now() });
      dispatched.push(jobId);
    }
  }

  /** Jobs of accounts with priority first, and otherwise in the order of their arrival. */
  function inTurn(jobIds: readonly string[]): readonly string[] {
    const hurries = (jobId: string) => options.hasPriority(store.get(jobId)?.accountId ?? '');
    return [...jobIds.filter(hurries), ...jobIds.filter((jobId) => !hurries(jobId))];
  }

  function pump(): void {
    dispatch();
    for (const jobId of inTurn(dispatched.splice(0))) {
      const job = store.get(jobId);
      if (job?.state !== 'dispatched') continue;
      // A forced end needs no engine: a hanging job must not keep real ones from rendering.
      const engine = isForced(job.fault) ? 0 : 1;
      if (engines + engine > options.parallelism) {
        dispatched.push(jobId);
        continue;
      }
      engines += engine;
      const render = run(job).finally(() => {
        engines -= engine;
        renders.delete(render);
        pump();
      });
      renders.add(render);
    }
  }

  async function run(job: Job): Promise<void> {
    const controller = new AbortController();
    controllers.set(job.id, controller);
    try {
      // A job that never ran has no start time, and so costs nothing.
      if (job.fault?.neverStarted && isForced(job.fault)) throw forcedFailure(job);
      const started = store.update(job.id, { state: 'running', startedAt: clock.now() });
      options.onStarted?.(started);
      if (isForced(job.fault)) await forced(job, controller.signal);
      else await rendered(job, controller.signal);
    } catch (error) {
      if (controller.signal.aborted) return;
      if (!(error instanceof RenderFault || error instanceof ForcedFailure)) options.onDefect?.(error);
      end(job.id, { state: 'failed', failure: failureOf(error) });
    } finally {
      controllers.delete(job.id);
      await outputs.closeWorkDir(job.id).catch(() => undefined);
    }
  }

  async function rendered(job: Job, signal: AbortSignal): Promise<void> {
    const renderer = await options.renderer();
    const workDir = await outputs.openWorkDir(job.id);
    signal.throwIfAborted();
    const context = {
      workDir,
      signal,
      timeoutMs: job.timeoutMs,
      onProgress: (fraction: number) => {
        const current = store.get(job.id);
        if (current?.state === 'running' && fraction > current.progress) store.update(job.id, { progress: fraction });
      },
    };
    const result: RenderResult =
      job.task.kind === 'command'
        ? await renderer.renderCommand(job.task.command, context)
        : await renderer.renderMovie(job.task.movie, context);
    signal.throwIfAborted();
    if (job.fault?.late) throw forcedFailure(job);
    const files = await outputs.keep(job.id, result.files);
    if (!end(job.id, { state: 'complete', progress: 1, files, warnings: result.warnings })) {
      await outputs.discard(job.id);
    }
  }

  async function forced(job: Job, signal: AbortSignal): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      signal.addEventListener('abort', () => reject(CANCELLED), { once: true });
      store.update(job.id, { progress: job.fault?.progress ?? 0 });
      if (!job.fault?.hang) clock.after(job.fault?.afterMs ?? 0, resolve);
    });
    throw forcedFailure(job);
  }

  return {
    submit(fields) {
      const job = store.insert(fields, clock.now());
      waiting.push(job.id);
      // The answer to the submit shows the job before the engine has touched it.
      queueMicrotask(pump);
      return job;
    },
    cancel(jobId) {
      const ended = end(jobId, { state: 'cancelled' });
      controllers.get(jobId)?.abort(CANCELLED);
      if (ended) queueMicrotask(pump);
      return ended;
    },
    async drain() {
      while (renders.size > 0) await Promise.allSettled([...renders]);
    },
  };
}

class ForcedFailure extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

function forcedFailure(job: Job): ForcedFailure {
  const code = job.fault?.code ?? 'INTERNAL_ERROR';
  return new ForcedFailure(code, job.fault?.message ?? `A sandbox fault rule ended this job with ${code}.`);
}

function failureOf(error: unknown): JobFailure {
  if (error instanceof ForcedFailure) return { cause: { code: error.code }, message: error.message };
  if (error instanceof RenderFault) {
    const detail = error.detail === undefined ? {} : { detail: error.detail };
    return { cause: error.kind, message: error.message, ...detail };
  }
  return { cause: 'failed', message: 'The local engine stopped with an unexpected error.' };
}
