export type Provider = 'rendobar' | 'phantomflow';

export const PROVIDERS: readonly Provider[] = ['rendobar', 'phantomflow'];

/** What an account may do. Numbers that a vendor does not have are infinite. */
export interface PlanLimits {
  readonly requestsPerMinute: number;
  readonly concurrentJobs: number;
  /** Jobs that may wait for a slot. PhantomFlow queues nothing: 0. */
  readonly queuedJobs: number;
  readonly maxJobSeconds: number;
  readonly maxInputBytes: number;
  readonly retentionDays: number;
  readonly storageBytes: number;
  /** Files from this size on are uploaded in parts, at most ten megabytes each. */
  readonly multipartFromBytes: number;
}

export interface Plan {
  readonly slug: string;
  readonly name: string;
  /** US dollars a month, where the vendor tells it. */
  readonly priceUsd?: number;
  /** Opening balance: PhantomFlow credits, Rendobar nanodollars. */
  readonly openingBalance: number;
  /** Jobs get a free engine before those of accounts without it. */
  readonly hasPriority: boolean;
  readonly limits: PlanLimits;
}

const MB = 1024 ** 2;
const GB = 1024 ** 3;
const NANODOLLARS = 1e9;

/** Rendobar's n8n node: uploads switch to parts at 100 MB. */
const MULTIPART_FROM_BYTES = 100 * MB;

/** Rendobar limits page (September 2026): two plans. The opening balance of `pro` is the sandbox's own choice. */
const rendobar: Readonly<Record<string, Plan>> = {
  free: {
    slug: 'free',
    name: 'Free',
    priceUsd: 0,
    openingBalance: 5 * NANODOLLARS,
    hasPriority: false,
    limits: {
      requestsPerMinute: 120,
      concurrentJobs: 1,
      queuedJobs: 50,
      maxJobSeconds: 3600,
      maxInputBytes: 500 * MB,
      retentionDays: 7,
      storageBytes: 5 * GB,
      multipartFromBytes: MULTIPART_FROM_BYTES,
    },
  },
  pro: {
    slug: 'pro',
    name: 'Pro',
    priceUsd: 9,
    openingBalance: 25 * NANODOLLARS,
    hasPriority: true,
    limits: {
      requestsPerMinute: 600,
      concurrentJobs: 20,
      queuedJobs: 1000,
      maxJobSeconds: 9 * 3600,
      maxInputBytes: 10 * GB,
      retentionDays: 30,
      storageBytes: 250 * GB,
      multipartFromBytes: MULTIPART_FROM_BYTES,
    },
  },
};

/**
 * PhantomFlow error page: requests per minute and concurrent jobs of three plans. Enterprise is "custom" there, so its
 * numbers, the opening balance, the longest job and the retention are the sandbox's own choice.
 */
function phantomflowPlan(slug: string, name: string, requestsPerMinute: number, concurrentJobs: number): Plan {
  return {
    slug,
    name,
    openingBalance: 1000,
    hasPriority: false,
    limits: {
      requestsPerMinute,
      concurrentJobs,
      queuedJobs: 0,
      maxJobSeconds: 3600,
      maxInputBytes: 2 * GB,
      retentionDays: 30,
      storageBytes: Number.POSITIVE_INFINITY,
      multipartFromBytes: Number.POSITIVE_INFINITY,
    },
  };
}

const phantomflow: Readonly<Record<string, Plan>> = {
  free: phantomflowPlan('free', 'Free', 10, 2),
  starter: phantomflowPlan('starter', 'Starter', 60, 5),
  pro: phantomflowPlan('pro', 'Pro', 120, 10),
  enterprise: phantomflowPlan('enterprise', 'Enterprise', 600, 50),
};

export const PLANS: Readonly<Record<Provider, Readonly<Record<string, Plan>>>> = { rendobar, phantomflow };

export const DEFAULT_PLAN = 'pro';

export function findPlan(provider: Provider, slug: string): Plan | undefined {
  const plans = PLANS[provider];
  return Object.hasOwn(plans, slug) ? plans[slug] : undefined;
}
