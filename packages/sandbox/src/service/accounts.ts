import { createHash } from 'node:crypto';
import { type CreditLedger, createLedger } from './credits.ts';
import { DEFAULT_PLAN, findPlan, type Plan, type PlanLimits, type Provider } from './plans.ts';
import { createRateWindow, type RateWindow } from './rate-window.ts';

/** The keys that are printed at the start; any other key of the same form works as well and is its own account. */
export const DEFAULT_KEYS: Readonly<Record<Provider, string>> = {
  rendobar: 'rb_sandbox',
  phantomflow: 've_test_sandbox',
};

const KEY_FORMS: Readonly<Record<Provider, RegExp>> = {
  rendobar: /^rb_sandbox[A-Za-z0-9_-]{0,128}$/,
  phantomflow: /^ve_test_[A-Za-z0-9_-]{1,128}$/,
};

/** One key's account. Nothing in it gives the key away. */
export interface Account {
  readonly id: string;
  readonly provider: Provider;
  readonly plan: Plan;
  readonly limits: PlanLimits;
  readonly window: RateWindow;
  readonly ledger: CreditLedger;
  /** Idempotency key to job id: bound for good, as Rendobar's are. */
  readonly boundKeys: Map<string, string>;
  choosePlan(plan: Plan): void;
  /** Lays single limits over the plan's. */
  overrideLimits(limits: Partial<PlanLimits>): void;
}

export interface AccountBook {
  /** The account of a key, opened at its first use; undefined for a key that the sandbox does not take. */
  identify(provider: Provider, key: string): Account | undefined;
  byId(id: string): Account | undefined;
  list(): readonly Account[];
  /** Forgets an account: its next use opens a fresh one. */
  forget(id: string): void;
}

export type LimitOverrides = Readonly<Partial<Record<Provider, Partial<PlanLimits>>>>;

export function accountId(provider: Provider, key: string): string {
  const digest = createHash('sha256').update(key).digest('hex').slice(0, 12);
  return `${provider === 'rendobar' ? 'org' : 'acc'}_${digest}`;
}

/** `ve_test_sandbox_starter`, `rb_sandbox_free_team7`: the last word that names a plan chooses it. */
function planOfKey(provider: Provider, key: string): Plan {
  for (const word of key.split(/[_-]/).reverse()) {
    const plan = findPlan(provider, word);
    if (plan) return plan;
  }
  const plan = findPlan(provider, DEFAULT_PLAN);
  if (!plan) throw new Error(`The plan table of ${provider} lacks the default plan "${DEFAULT_PLAN}".`);
  return plan;
}

function openAccount(provider: Provider, key: string, overrides: Partial<PlanLimits>): Account {
  let plan = planOfKey(provider, key);
  let own: Partial<PlanLimits> = overrides;
  const window = createRateWindow();
  return {
    id: accountId(provider, key),
    provider,
    window,
    ledger: createLedger(plan.openingBalance),
    boundKeys: new Map(),
    get plan() {
      return plan;
    },
    get limits() {
      return { ...plan.limits, ...own };
    },
    choosePlan(next) {
      plan = next;
      own = overrides;
      window.reset();
    },
    overrideLimits(limits) {
      own = { ...own, ...limits };
      window.reset();
    },
  };
}

export function createAccountBook(overrides: LimitOverrides = {}): AccountBook {
  const accounts = new Map<string, Account>();
  return {
    identify(provider, key) {
      if (!KEY_FORMS[provider].test(key)) return undefined;
      const id = accountId(provider, key);
      const known = accounts.get(id);
      if (known) return known;
      const account = openAccount(provider, key, overrides[provider] ?? {});
      accounts.set(id, account);
      return account;
    },
    byId: (id) => accounts.get(id),
    list: () => [...accounts.values()],
    forget: (id) => {
      accounts.delete(id);
    },
  };
}
