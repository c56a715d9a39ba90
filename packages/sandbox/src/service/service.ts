import type { EngineInfo, Renderer } from '../engine/renderer.ts';
import { type AccountBook, createAccountBook, type LimitOverrides } from './accounts.ts';
import type { SandboxClock } from './clock.ts';
import type { Vocabularies } from './fault-check.ts';
import type { FaultRule } from './fault-rule.ts';
import { createFaultBook, type FaultBook } from './faults.ts';
import type { Job } from './job.ts';
import { createJobStore, type JobStore } from './job-store.ts';
import { createJournal, type Journal } from './journal.ts';
import { createOutputStore } from './output-store.ts';
import type { Provider } from './plans.ts';
import { createScheduler, type Scheduler } from './scheduler.ts';
import { createLinkSigner, type LinkSigner } from './signed-links.ts';
import { createUploadSlots, type UploadSlots } from './upload-slots.ts';
import { createNotifier, type Notifier } from './webhook-faults.ts';
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
  readonly notifier: Notifier;
  readonly uploads: UploadSlots;
  readonly links: LinkSigner;
  readonly engine: EngineDoor;
  readonly defects: readonly Defect[];
  /** Movie scripts may hold nothing that PhantomFlow does not document. */
  readonly strict: boolean;
  /** Origin under which this sandbox is reached, without a closing slash. */
  readonly publicUrl: () => string;
  /** Origin to which bytes are uploaded: not that of the API, and it takes no API key. */
  readonly uploadUrl: () => string;
  hooksFor(provider: Provider, hooks: JobHooks): void;
  noteDefect(error: unknown): void;
  /**
   * Forgets one account: its jobs, files, keys, webhooks, calls, and the rules that name it. Without an account: all of
   * them, the time that was moved, and every rule but those of the start.
   */
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
  readonly uploadUrl: () => string;
  readonly postWebhook: PostWebhook;
  readonly vocabulary: Vocabularies;
  /** Rules that are in force from the start, and again after every reset. */
  readonly faults?: readonly FaultRule[];
  readonly limits?: LimitOverrides;
  /** Default: false. */
  readonly strict?: boolean;
}

const KEPT_DEFECTS = 20;

export function createService(options: ServiceOptions): SandboxService {
  const { clock } = options;
  const hooks = new Map<Provider, JobHooks>();
  const defects: Defect[] = [];
  const outputs = createOutputStore(options.dataDir);
  const accounts = createAccountBook(options.limits);
  const faults = createFaultBook(options.vocabulary, options.faults);
  const journal = createJournal();
  const webhooks = createWebhookSender(clock, options.postWebhook);
  const notifier = createNotifier(webhooks, faults, clock);
  const uploads = createUploadSlots(options.dataDir);

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
    hasPriority: (accountId) => accounts.byId(accountId)?.plan.hasPriority ?? false,
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
    notifier,
    uploads,
    links: createLinkSigner(),
    engine: options.engine,
    defects,
    strict: options.strict ?? false,
    publicUrl: options.publicUrl,
    uploadUrl: options.uploadUrl,
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
      journal.clear(accountId);
      notifier.clear(accountId);
      webhooks.clear(accountId);
      if (accountId !== undefined) {
        faults.clear(accountId);
        return accounts.forget(accountId);
      }
      for (const account of accounts.list()) accounts.forget(account.id);
      faults.reset();
      clock.reset();
      defects.length = 0;
    },
    async stop() {
      hooks.clear();
      notifier.clear();
      webhooks.clear();
      for (const job of jobs.all()) scheduler.cancel(job.id);
      await scheduler.drain();
      clock.close();
    },
  };
}
