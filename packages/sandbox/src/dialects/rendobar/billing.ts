import type { Account } from '../../service/accounts.ts';
import type { Job } from '../../service/job.ts';
import { PLANS } from '../../service/plans.ts';
import type { SandboxService } from '../../service/service.ts';

/** Rendobar (April 2026): about 0.05 USD a minute of compute. No later price is published. */
const NANODOLLARS_PER_SECOND = Math.round((0.05 * 1e9) / 60);

/** Rendobar's Activepieces page: the cost is null right at completion, because billing settles a moment later. */
const SETTLE_AFTER_MS = 250;

/** Rendobar credits page: every terminal state is charged for the compute used; what never started is free. */
function costOf(job: Job): number {
  if (job.startedAt === undefined || job.completedAt === undefined) return 0;
  return Math.round(((job.completedAt - job.startedAt) / 1000) * NANODOLLARS_PER_SECOND);
}

/** Rendobar webhook guide has both events; where `low` begins is not told. One dollar is assumed. */
const LOW_BALANCE = 1e9;

export type BalanceEvent = 'balance.low' | 'balance.depleted';

/** Charges an ended job, a moment later, and tells when that takes the balance over an edge. */
export function settleLater(
  job: Job,
  account: Account,
  { jobs, clock }: SandboxService,
  tell: (event: BalanceEvent) => void,
): void {
  clock.after(SETTLE_AFTER_MS, () => {
    if (!jobs.get(job.id)) return;
    const cost = costOf(job);
    const before = account.ledger.balance;
    account.ledger.charge(cost);
    jobs.update(job.id, { cost, settledAt: clock.now() });
    const { balance } = account.ledger;
    if (before > 0 && balance <= 0) tell('balance.depleted');
    else if (before >= LOW_BALANCE && balance < LOW_BALANCE) tell('balance.low');
  });
}

const inUsd = (nanodollars: number) => nanodollars / 1e9;

function viewLimits({ limits }: Account) {
  return {
    concurrentJobs: limits.concurrentJobs,
    maxQueuedJobs: limits.queuedJobs,
    apiRequestsPerMinute: limits.requestsPerMinute,
    maxJobTimeout: limits.maxJobSeconds,
    maxInputFileSize: limits.maxInputBytes,
  };
}

/** GET /billing/state: dollars, not nanodollars. */
export function viewBillingState(account: Account, jobs: readonly Job[]) {
  const { plan, ledger } = account;
  const isPro = plan.slug === 'pro';
  const spent = jobs.reduce((sum, job) => sum + (job.cost ?? 0), 0);
  const pro = PLANS.rendobar.pro;
  return {
    balance: { amount: inUsd(ledger.balance) },
    plan: { slug: plan.slug, name: plan.name, price: plan.priceUsd ?? 0, limits: viewLimits(account) },
    subscription: null,
    usage: { currentPeriodSpend: inUsd(spent), jobCount: jobs.length },
    isPro,
    creditBonusRate: isPro ? 0.2 : 0,
    upgradePlan: isPro || !pro ? null : { slug: pro.slug, name: pro.name, price: pro.priceUsd },
  };
}

/** GET /account/capabilities. */
export function viewCapabilities(account: Account) {
  const { plan, limits } = account;
  return {
    plan: { slug: plan.slug, name: plan.name },
    limits: { ...viewLimits(account), storageQuota: limits.storageBytes, outputRetentionDays: limits.retentionDays },
    features: {},
  };
}

/** GET /orgs/current: what clients use to test a credential. */
export function viewOrganization(account: Account) {
  const { plan, ledger, id } = account;
  return {
    org: { id, name: 'Local sandbox', slug: id },
    subscription: { planId: plan.slug, status: 'active' },
    plan: { id: plan.slug, name: plan.name, limits: viewLimits(account), features: {} },
    balance: { balance: ledger.balance, rollover: 0, balanceFormatted: `$${inUsd(ledger.balance).toFixed(2)}` },
  };
}
