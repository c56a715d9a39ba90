import type { EngineInfo, Renderer } from '../engine/renderer.ts';
import { type AccountBook, createAccountBook, type LimitOverrides } from './accounts.ts';
import type { SandboxClock } from './clock.ts';
import { createFaultBook, type FaultBook, type FaultVocabulary } from './faults.ts';
import type { Job } from './job.ts';
import { createJobStore, type JobStore } from './job-store.ts';
import { createJournal, type Journal } from './journal.ts';
import { createOutputStore } from './output-store.ts';
import type { Provider } from './plans.ts';
import { createScheduler, type Scheduler } from './scheduler.ts';
import { createLinkSigner, type LinkSigner } from './signed-links.ts';
import { createWebhookSender, type PostWebhook, type WebhookSender } from './webhooks.ts';

/** The engine, which may still be looking for its FFmpeg. */
export interface EngineDoor {
  /** Resolves when the engine is ready; rejects when there is none. */
  ready(): Promise<Renderer>;
  /** Undefined until it is ready. */
  info(): EngineInfo | undefined;
}

/** What a dialect does when one of its jobs starts or ends: settle the cost, call back. */
export interface JobHooks {
  readonly onStarted?: (job: Job) => void;
  readonly onEnded?: (job: Job) => void;
  /** One account is forgotten, or everything. */
  readonly onReset?: (accountId?: string) => void;
}

/** A bug of the sandbox itself, kept for the control plane. */
export interface Defect {
  readonly at: number;
  readonly message: string;
}

/** Everything that both dialects and the control plane share. */
export interface SandboxService {
  readonly clock: SandboxClock;
  readonly accounts: AccountBook;
  readonly jobs: JobStore;
  readonly scheduler: Scheduler;
  readonly faults: FaultBook;
  readonly journal: Journal;
  readonly webhooks: WebhookSender;
  readonly links: LinkSigner;
  readonly engine: EngineDoor;
  readonly defects: readonly Defect[];
  /** Origin under which this sandbox is reached, without a closing slash. */
  readonly publicUrl: () => string;
  hooksFor(provider: Provider, hooks: JobHooks): void;
  noteDefect(error: unknown): void;
  /** Cancels and forgets one account's jobs and its state, or those of all accounts with rules, journal and webhooks. */
  reset(accountId?: string): void;
  /** Ends every render and every pending delivery, tells nobody, and resolves when the engine is idle. */
  stop(): Promise<void>;
}

export interface ServiceOptions {
  readonly clock: SandboxClock;
  readonly dataDir: string;
  readonly engine: EngineDoor;
  readonly parallelism: number;
  readonly publicUrl: () => string;
  readonly postWebhook: PostWebhook;
  readonly vocabulary: Readonly<Record<Provider, FaultVocabulary>>;
  readonly limits?: LimitOverrides;
}

const KEPT_DEFECTS = 20;

export function createService(options: ServiceOptions): SandboxService {
  const { clock } = options;
  const hooks = new Map<Provider, JobHooks>();
  const defects: Defect[] = [];
  const outputs = createOutputStore(options.dataDir);
  const accounts = createAccountBook(options.limits);
  const faults = createFaultBook(options.vocabulary);
  const journal = createJournal();
  const webhooks = createWebhookSender(clock, options.postWebhook);

  function noteDefect(error: unknown): void {
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
    defects.push({ at: clock.now(), message });
    if (defects.length > KEPT_DEFECTS) defects.shift();
  }

  const jobs = createJobStore({
    onRemoved: (job) => void outputs.discard(job.id).catch(noteDefect),
  });

  const scheduler = createScheduler({
    store: jobs,
    outputs,
    clock,
    renderer: () => options.engine.ready(),
    parallelism: options.parallelism,
    slotsOf: (accountId) => accounts.byId(accountId)?.limits.concurrentJobs ?? 0,
    onStarted: (job) => hooks.get(job.provider)?.onStarted?.(job),
    onEnded: (job) => hooks.get(job.provider)?.onEnded?.(job),
    onDefect: noteDefect,
  });

  return {
    clock,
    accounts,
    jobs,
    scheduler,
    faults,
    journal,
    webhooks,
    links: createLinkSigner(),
    engine: options.engine,
    defects,
    publicUrl: options.publicUrl,
    noteDefect,
    hooksFor(provider, jobHooks) {
      hooks.set(provider, jobHooks);
    },
    reset(accountId) {
      for (const job of jobs.all()) {
        if (accountId !== undefined && job.accountId !== accountId) continue;
        // Forgotten before it is stopped: nobody is told of the end of a job that never was.
        jobs.remove(job.id);
        scheduler.cancel(job.id);
      }
      for (const { onReset } of hooks.values()) onReset?.(accountId);
      if (accountId !== undefined) return accounts.forget(accountId);
      for (const account of accounts.list()) accounts.forget(account.id);
      faults.clear();
      journal.clear();
      webhooks.clear();
      defects.length = 0;
    },
    async stop() {
      hooks.clear();
      webhooks.clear();
      for (const job of jobs.all()) scheduler.cancel(job.id);
      await scheduler.drain();
      clock.close();
    },
  };
}
