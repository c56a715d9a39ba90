import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type JobSnapshot, type RenderClient, RenderError, type SubmitOptions } from '@renderq/core';
import type { AccountHandle } from '../account-handle.ts';
import { createDispatcher } from '../dispatcher.ts';
import type { Dispatcher, SubmitInput } from '../dispatcher-contract.ts';
import type { Job } from '../job.ts';
import type { JobStore } from '../job-store.ts';
import { createSqliteStore } from '../sqlite-store.ts';
import { createFakeClient, type FakeClient } from './fake-client.ts';
import { createVirtualClock, type VirtualClock } from './virtual-clock.ts';

/** One process of several that share a folder. */
export interface Process {
  readonly dispatcher: Dispatcher;
  readonly fake: FakeClient;
  readonly store: JobStore;
  readonly faults: unknown[];
  submit(input?: Partial<SubmitInput>): Promise<Job>;
  /** Ends it as a kill does: whatever it was doing has no effect any more. */
  kill(): void;
  /** It gives no sign of life until it goes on. */
  stop(): void;
  goOn(): void;
}

export interface SharedHome {
  readonly folder: string;
  readonly clock: VirtualClock;
  /** The provider's jobs, whoever submitted them, in the order in which they were made. */
  readonly rendered: { readonly request: unknown; readonly remoteId: string; readonly key: string | undefined }[];
  /**
   * What becomes of submits from now on. `held`: it waits in the process; `lost`: it is on the wire and never arrives;
   * `unanswered`: the provider has it, and its answer never comes.
   */
  fate: 'answered' | 'held' | 'lost' | 'unanswered';
  start(account?: Partial<AccountHandle>): Process;
  /** Ends a job at the provider; whoever watches it hears of it. */
  finish(remoteId: string, change?: Partial<JobSnapshot>): void;
  /** Moves time on in small steps, so that processes take turns. */
  pass(ms: number): Promise<void>;
  close(): void;
}

const gone = (): Promise<never> => new Promise(() => undefined);

/**
 * A folder of jobs, processes that come and go, and one provider that they share. It recognises keys when it is `keyed`; else
 * what became of a lost submit is answered by the provider's own books.
 */
export function createSharedHome(keyed: boolean): SharedHome {
  const folder = mkdtempSync(join(tmpdir(), 'renderq-home-'));
  const clock = createVirtualClock();
  const rendered: SharedHome['rendered'] = [];
  const remotes = new Map<string, JobSnapshot>();
  const processes = new Set<Process>();
  let made = 0;

  const snapshot = (remoteId: string): JobSnapshot => ({
    provider: 'fake',
    id: remoteId,
    state: 'running',
    providerState: 'rendering',
  });

  /** The provider makes a job, or knows it by its key. */
  function arrive(request: unknown, options: SubmitOptions): JobSnapshot {
    const key = keyed ? options.idempotencyKey : undefined;
    const known = key === undefined ? undefined : rendered.find((job) => job.key === key);
    if (known) return { ...(remotes.get(known.remoteId) ?? snapshot(known.remoteId)), replayed: true };
    const remoteId = `remote-${rendered.length + 1}`;
    rendered.push({ request, remoteId, key });
    remotes.set(remoteId, snapshot(remoteId));
    return snapshot(remoteId);
  }

  function start(account: Partial<AccountHandle> = {}): Process {
    const fake = createFakeClient(keyed);
    const faults: unknown[] = [];
    const store = createSqliteStore({ folder, now: clock.now });
    let isDead = false;
    let stopped: PromiseWithResolvers<void> | undefined;

    /** What comes back to a process that has died finds nobody; to one that hangs, it comes later. */
    const heard = async <T>(value: T): Promise<T> => {
      await stopped?.promise;
      return isDead ? gone() : value;
    };

    for (const [id, job] of remotes) fake.replace({ ...job, id });
    /** Without keys one submit is on the wire at a time, and none while one is in doubt, as core has it. */
    let line: Promise<unknown> = Promise.resolve();
    const inTurn = async <T>(work: () => Promise<T>): Promise<T> => {
      if (keyed) return work();
      const turn = line.then(work);
      line = turn.catch(() => undefined);
      return turn;
    };
    fake.onSubmit = (_id, given) => {
      const request = fake.submits.at(-1)?.request;
      return inTurn(async () => {
        const { fate } = home;
        if (fate === 'held') return gone();
        given.onSend?.();
        if (fate === 'lost') return gone();
        const answer = arrive(request, given);
        return fate === 'unanswered' ? gone() : heard(answer);
      });
    };
    fake.onSettle = () =>
      inTurn(async () => {
        const found = rendered.find(({ remoteId }) => store.jobOfRemote('fake-account', remoteId) === undefined);
        return heard(
          found
            ? { outcome: 'found', job: remotes.get(found.remoteId) ?? snapshot(found.remoteId) }
            : { outcome: 'absent' },
        );
      });

    const client: RenderClient = fake.client;
    const dispatcher = createDispatcher({
      accounts: async () => ({ client, id: 'fake-account', ...account }),
      store,
      clock,
      random: () => 1,
      onFault: (fault) => !isDead && faults.push(fault),
      async pause(ms, signal) {
        await clock.sleep(ms, signal).catch(() => undefined);
        await heard(undefined);
      },
    });

    const process: Process = {
      dispatcher,
      fake,
      store,
      faults,
      submit(input) {
        made += 1;
        return dispatcher.submit({
          provider: 'fake',
          request: { made },
          ...input,
        });
      },
      kill() {
        isDead = true;
        processes.delete(process);
        fake.breakWaits(new RenderError({ code: 'CANCELLED', message: 'dead' }));
        store.close();
      },
      stop() {
        stopped = Promise.withResolvers();
      },
      goOn() {
        stopped?.resolve();
        stopped = undefined;
      },
    };
    processes.add(process);
    return process;
  }

  const home: SharedHome = {
    folder,
    clock,
    rendered,
    fate: 'answered',
    start,
    finish(remoteId, change = { state: 'succeeded', providerState: 'done' }) {
      const job = { ...(remotes.get(remoteId) ?? snapshot(remoteId)), ...change };
      remotes.set(remoteId, job);
      for (const { fake } of processes) fake.replace(job);
    },
    async pass(ms) {
      for (let passed = 0; passed < ms; passed += 200) await clock.advance(Math.min(200, ms - passed));
    },
    close() {
      for (const process of processes) process.kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return home;
}
