import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Job, ListOptions, SettleInput, SubmitInput } from '@renderq/dispatcher';
import { type ProviderId, requestFor, startVendor, type Vendor, type VendorOptions } from './vendor.ts';
import type { WorkerSettings } from './worker.ts';

/** The error object that a call was refused with. */
export class Refusal extends Error {
  readonly record: Readonly<Record<string, unknown>>;
  constructor(record: Readonly<Record<string, unknown>>) {
    super(`${String(record.code)}: ${String(record.message)}`);
    this.record = record;
  }
}

export interface Worker {
  submit(provider: ProviderId, marker: string, input?: Partial<SubmitInput>): Promise<Job>;
  get(id: string): Promise<Job>;
  waitFor(id: string, ms: number): Promise<Job>;
  list(query: ListOptions): Promise<{ readonly jobs: readonly Job[]; readonly nextCursor?: string }>;
  cancel(id: string): Promise<Job>;
  settle(id: string, found: SettleInput): Promise<Job>;
  ask<T>(method: string, ...given: unknown[]): Promise<T>;
  /** Ends it at the instruction at which it happens to be. */
  kill(): Promise<void>;
  /** SIGSTOP and SIGCONT. */
  stop(): void;
  goOn(): void;
  readonly hasEnded: boolean;
}

async function startWorker(settings: WorkerSettings): Promise<Worker> {
  const child: ChildProcess = fork(join(import.meta.dirname, 'worker.ts'), {
    env: { ...process.env, CHAOS_SETTINGS: JSON.stringify(settings) },
    execArgv: ['--disable-warning=ExperimentalWarning'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  let calls = 0;
  let hasEnded = false;
  const ready = Promise.withResolvers<unknown>();
  waiting.set(0, ready);
  child.on('message', ({ id, result, error }: { id: number; result: unknown; error?: Record<string, unknown> }) => {
    const call = waiting.get(id);
    waiting.delete(id);
    if (error) call?.reject(new Refusal(error));
    else call?.resolve(result);
  });
  const ended = once(child, 'exit').then(() => {
    hasEnded = true;
    for (const call of waiting.values()) call.reject(new Error('The process has ended.'));
  });
  await ready.promise;

  function ask<T>(method: string, ...given: unknown[]): Promise<T> {
    calls += 1;
    const call = Promise.withResolvers<unknown>();
    // A caller that was killed with its process need not be listening any more.
    call.promise.catch(() => undefined);
    if (hasEnded || !child.connected) return Promise.reject(new Error('The process has ended.'));
    waiting.set(calls, call);
    child.send({ id: calls, method, given }, () => undefined);
    return call.promise as Promise<T>;
  }

  return {
    submit: (provider, marker, input) => ask('submit', { provider, request: requestFor(provider, marker), ...input }),
    get: (id) => ask('get', id),
    waitFor: (id, ms) => ask('waitFor', id, ms),
    list: (query) => ask('list', query),
    cancel: (id) => ask('cancel', id),
    settle: (id, found) => ask('settle', id, found),
    ask,
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
    stop: () => void child.kill('SIGSTOP'),
    goOn: () => void child.kill('SIGCONT'),
    get hasEnded() {
      return hasEnded;
    },
  };
}

export interface Scene extends AsyncDisposable {
  readonly vendor: Vendor;
  readonly home: string;
  start(settings?: Partial<WorkerSettings>): Promise<Worker>;
}

/** Scenes at a time: each starts processes, and a machine with two cores has enough of these. */
const MOST_SCENES = 4;
let playing = 0;
const waiting: (() => void)[] = [];

async function enter(): Promise<void> {
  if (playing >= MOST_SCENES) await new Promise<void>((go) => waiting.push(go));
  else playing += 1;
}

function leave(): void {
  const next = waiting.shift();
  if (next) next();
  else playing -= 1;
}

/** Waits until something is as it should be; gives what it is at last. */
export async function until<T>(read: () => Promise<T> | T, wanted: T, ms = 30_000): Promise<T> {
  for (const end = Date.now() + ms; ; ) {
    const seen = await read();
    if (seen === wanted || Date.now() > end) return seen;
    await new Promise((done) => setTimeout(done, 50));
  }
}

/** A vendor, and a folder that the processes of a test share; ended with the test. */
export async function setScene(options: VendorOptions = {}): Promise<Scene> {
  await enter();
  const vendor = await startVendor(options);
  const folder = mkdtempSync(join(tmpdir(), 'renderq-chaos-'));
  const workers = new Set<Worker>();
  const { limits = { requestsPerMinute: 6_000, concurrentJobs: 100 } } = options;
  return {
    vendor,
    home: folder,
    async start(settings) {
      const worker = await startWorker({ home: folder, vendorUrl: vendor.url, limits, ...settings });
      workers.add(worker);
      return worker;
    },
    async [Symbol.asyncDispose]() {
      for (const worker of workers) if (!worker.hasEnded) await worker.kill();
      await vendor.close();
      rmSync(folder, { recursive: true, force: true });
      leave();
    },
  };
}

/** A promise that is kept when something happens for the first time, and the function to tell of it. */
export function moment(): { readonly come: Promise<void>; readonly tell: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { come: promise, tell: resolve };
}
