import type { Account } from '../service/accounts.ts';
import type { Job } from '../service/job.ts';
import type { JournalEntry } from '../service/journal.ts';
import type { Provider } from '../service/plans.ts';
import type { SandboxService } from '../service/service.ts';
import type { AccountState, JobEntry, Newest, PageState, RequestEntry } from './client/page-state.ts';
import { describeFault } from './describe-fault.ts';
import { describeTask } from './describe-task.ts';
import { jobFailure } from './job-failure.ts';
import { OFFERED_KEYS } from './offered-keys.ts';

/** More than anybody reads; what is older stays in the API's own lists. */
const SHOWN_JOBS = 100;
const SHOWN_REQUESTS = 200;
/** Of accounts with keys of the caller's own, those that were opened last: a test suite may open one for each test. */
const SHOWN_OWN_ACCOUNTS = 12;

/** Where the page is about to show an account, a job, a rule or a call, this is all that it gets to know. */
export function readState(service: SandboxService): PageState {
  const engine = service.engine.info();
  const jobs = service.jobs.all();
  const requests = service.journal.list();
  return {
    aheadMs: service.clock.aheadMs,
    engine: engine ? { kind: engine.kind, version: engine.version, reason: engine.reason } : null,
    defects: service.defects.length,
    accounts: readAccounts(service),
    jobs: newest(jobs, SHOWN_JOBS, viewJob),
    faults: service.faults.list().map(describeFault),
    requests: newest(requests, SHOWN_REQUESTS, viewRequest),
  };
}

function newest<Item, Entry>(all: readonly Item[], most: number, view: (item: Item) => Entry): Newest<Entry> {
  return { total: all.length, shown: all.slice(-most).reverse().map(view) };
}

function readAccounts(service: SandboxService): readonly AccountState[] {
  const keys = new Map<string, string>();
  for (const { provider, key } of OFFERED_KEYS) {
    // Opening the account, as its first call would, gives its limits with everything that was laid over them.
    const account = service.accounts.identify(provider, key);
    if (account) keys.set(account.id, key);
  }
  const offered = [...keys.keys()].flatMap((id) => service.accounts.byId(id) ?? []);
  const own = service.accounts.list().filter(({ id }) => !keys.has(id));
  return [...offered, ...own.slice(-SHOWN_OWN_ACCOUNTS)].map((account) =>
    viewAccount(account, keys.get(account.id), service),
  );
}

function viewAccount(account: Account, key: string | undefined, service: SandboxService): AccountState {
  const { id, provider, plan, limits, ledger } = account;
  const rate = account.window.read(service.clock.now(), limits.requestsPerMinute);
  const used = rate.limit - rate.remaining;
  const { active, waiting } = service.jobs.counts(id);
  return {
    id,
    provider,
    plan: plan.name,
    ...(key === undefined ? {} : { key }),
    window: { used, limit: rate.limit, resetsAt: used > 0 ? rate.resetAt : null },
    slots: { active, limit: limits.concurrentJobs, waiting },
    credits: inCredits(provider, ledger.balance),
  };
}

function viewJob(job: Job): JobEntry {
  const { id, provider, accountId, state, progress, createdAt, startedAt, completedAt, warnings, cost } = job;
  const error = jobFailure(job);
  return {
    id,
    provider,
    accountId,
    ...describeTask(job.task),
    state,
    progress,
    createdAt,
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(completedAt === undefined ? {} : { completedAt }),
    // Where a file lies on the disk is nobody's business.
    files: job.files.map(({ path: _path, ...file }) => file),
    warnings,
    ...(error ? { error } : {}),
    ...(cost === undefined ? {} : { cost: inCredits(provider, cost) }),
    rehearsed: job.fault !== undefined,
  };
}

function viewRequest(entry: JournalEntry): RequestEntry {
  const { id, at, provider, method, path, status, code, transport, faultId, accountId, durationMs, userAgent } = entry;
  return {
    id,
    at,
    provider,
    method,
    path,
    status,
    durationMs,
    ...(code === undefined ? {} : { code }),
    ...(transport === undefined ? {} : { transport }),
    ...(faultId === undefined ? {} : { faultId }),
    ...(accountId === undefined ? {} : { accountId }),
    ...(userAgent === undefined ? {} : { client: userAgent }),
  };
}

/** 1 USD = 1e9 nanodollars, Rendobar's unit. */
const inCredits = (provider: Provider, amount: number) => (provider === 'rendobar' ? amount / 1e9 : amount);
