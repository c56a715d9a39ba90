import { type Clock, RenderError } from '@renderq/core';
import { type AccountHandle, otherAccount } from './account-handle.ts';
import type { AccountWork } from './account-work.ts';
import { faultRecord } from './fault-record.ts';
import type { JobCanceller } from './job-canceller.ts';
import type { JobRecord } from './job-record.ts';
import type { JobSettler } from './job-settler.ts';
import { isFinished } from './job-state.ts';
import type { JobStore, News } from './job-store.ts';
import type { JobWatcher } from './job-watcher.ts';
import type { Ledger } from './ledger.ts';
import { toUnwatched } from './transitions.ts';

/** Between two glances at what other processes have done. */
const GLANCE_MS = 200;
/**
 * An account without open jobs is kept this long: its request window is known here, and to nobody else. One whose jobs end with
 * the process is kept as long as that lives, for others tell by its owner that the results are there.
 */
const LINGER_MS = 60_000;

export interface CaretakerPorts {
  readonly store: JobStore;
  readonly ledger: Ledger;
  readonly watcher: JobWatcher;
  readonly canceller: JobCanceller;
  readonly settler: JobSettler;
  readonly clock: Clock;
  readonly accounts: (provider: string) => Promise<AccountHandle>;
  readonly makeWork: (handle: AccountHandle) => AccountWork;
  readonly pause: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly onFault: (fault: unknown, jobId: string) => void;
}

/** Sees to the accounts that this process can work, among all processes that share the store. */
export interface Caretaker {
  /** At the first call of any kind: takes up what other processes have left. */
  wake(): void;
  workOf(handle: AccountHandle): AccountWork;
  /** The work of a job's account, if it is, or can be made, ours. */
  ownWork(account: string, provider: string): Promise<AccountWork | undefined>;
  /** The job as it is, with the reason why nobody works it, where no process can that is there. */
  explain(record: JobRecord): Promise<JobRecord>;
  /** Somebody waits for changes until the returned function is called. */
  attend(): () => void;
  close(): void;
}

/** Makes a caretaker that sleeps. */
export function createCaretaker(ports: CaretakerPorts): Caretaker {
  const { store, ledger, watcher, canceller, settler, clock, accounts, makeWork, pause, onFault } = ports;
  const works = new Map<string, AccountWork>();
  const busyAt = new Map<string, number>();
  const opening = new Set<string>();
  const closing = new AbortController();
  let isAwake = false;
  let isRunning = false;
  let attending = 0;
  let version = Number.NaN;
  let lastFault = '';

  /** A store that is away is told of once, not five times a second. */
  function report(fault: unknown): void {
    const what = RenderError.isInstance(fault) ? fault.message : String(fault);
    if (what !== lastFault) onFault(fault, '');
    lastFault = what;
  }

  function workOf(handle: AccountHandle): AccountWork {
    const known = works.get(handle.id);
    if (known) return known;
    const work = makeWork(handle);
    works.set(handle.id, work);
    run();
    return work;
  }

  /** Opens the accounts of open jobs, as far as this process has the credentials. */
  function openAccounts(open: readonly { readonly account: string; readonly provider: string }[]): void {
    for (const { account, provider } of open) {
      if (works.has(account) || opening.has(account)) continue;
      opening.add(account);
      accounts(provider)
        .then((handle) => {
          if (handle.id === account && !closing.signal.aborted) workOf(handle).take();
        })
        // Without credentials the jobs are somebody else's to work.
        .catch((fault: unknown) => {
          opening.delete(account);
          if (!RenderError.isInstance(fault) || fault.code === 'STORE_UNAVAILABLE') report(fault);
        });
    }
  }

  function hear({ record, asked }: News): void {
    const { id, account } = record;
    if (!ledger.isHeld(id)) ledger.tell(record);
    if (asked.length === 0) return;
    const work = works.get(account);
    if (!work?.isMine) return;
    if (ledger.isHeld(id)) {
      if (asked.includes('cancel')) canceller.cancel(record).catch(() => undefined);
      if (asked.includes('look')) watcher.look(record).catch((fault: unknown) => onFault(fault, id));
    } else if (asked.includes('settle')) void settler.lookAgain(record, work.handle.client);
    else return;
    store.answered(id);
  }

  function glance(): boolean {
    const seen = store.version();
    const hasNews = seen !== version;
    version = seen;
    if (hasNews) for (const news of store.news()) hear(news);
    const open = store.openAccounts();
    if (hasNews) openAccounts(open);
    const busy = new Set(open.map(({ account }) => account));
    const now = clock.now();
    let isNeeded = attending > 0;
    for (const [account, work] of works) {
      if (busy.has(account)) busyAt.set(account, now);
      const isIdle = now - (busyAt.get(account) ?? Number.NEGATIVE_INFINITY) > LINGER_MS;
      if (work.isMine && isIdle && !work.handle.isEphemeral) work.giveBack();
      if (work.isMine || busy.has(account)) work.step(now, hasNews);
      isNeeded ||= work.isMine || busy.has(account);
    }
    lastFault = '';
    return isNeeded;
  }

  async function rounds(): Promise<void> {
    let isNeeded = true;
    while (isNeeded && !closing.signal.aborted) {
      await pause(GLANCE_MS, closing.signal).catch(() => undefined);
      if (closing.signal.aborted) return;
      try {
        isNeeded = glance();
      } catch (fault) {
        report(fault);
      }
    }
  }

  function run(): void {
    if (isRunning || !store.isShared || closing.signal.aborted) return;
    isRunning = true;
    rounds()
      .catch(report)
      .finally(() => {
        isRunning = false;
      });
  }

  return {
    wake() {
      if (isAwake) return;
      isAwake = true;
      try {
        // What is told from here on is news.
        version = store.version();
        store.news();
        openAccounts(store.openAccounts());
      } catch (fault) {
        // The call that woke us meets it as well, and tells of it.
        isAwake = false;
        throw fault;
      }
    },
    workOf,
    async ownWork(account, provider) {
      const handle = works.get(account)?.handle ?? (await accounts(provider).catch(() => undefined));
      if (handle?.id !== account) return undefined;
      const work = workOf(handle);
      return work.take() ? work : undefined;
    },
    async explain(record) {
      const { account, provider, state } = record;
      if (isFinished(state) || ledger.isHeld(record.id) || store.isOwned(account)) return record;
      try {
        const handle = await accounts(provider);
        return handle.id === account ? record : toUnwatched(record, otherAccount(provider).record);
      } catch (fault) {
        return toUnwatched(record, faultRecord(fault));
      }
    },
    attend() {
      attending += 1;
      run();
      return () => {
        attending -= 1;
      };
    },
    close() {
      closing.abort();
      for (const work of works.values()) work.giveBack();
    },
  };
}
