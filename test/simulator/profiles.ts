import type { WindowKind } from './rate-window.ts';

export type VendorName = 'phantomflow' | 'rendobar';

/** One plan of one vendor, as its pages state it. */
export interface Profile {
  readonly vendor: VendorName;
  readonly plan: string;
  readonly requestsPerMinute: number;
  readonly concurrentJobs: number;
  /** Jobs that may wait beyond the concurrent ones; undefined where a job over the cap is refused. */
  readonly backlog?: number;
  /** Whether every answer tells the window in X-RateLimit-* headers. */
  readonly tellsWindow: boolean;
  readonly window: WindowKind;
  /** Whether a refusal by the rate limit names its time in Retry-After. */
  readonly retryAfter: boolean;
}

const phantomflow = { vendor: 'phantomflow', tellsWindow: true, window: 'aligned', retryAfter: true } as const;
const rendobar = { vendor: 'rendobar', tellsWindow: false, window: 'aligned', retryAfter: true } as const;

/** PhantomFlow error page (plans and limits), Rendobar limits page. The kind of window is documented by neither. */
export const PROFILES = Object.freeze({
  'phantomflow-free': { ...phantomflow, plan: 'Free', requestsPerMinute: 10, concurrentJobs: 2 },
  'phantomflow-starter': { ...phantomflow, plan: 'Starter', requestsPerMinute: 60, concurrentJobs: 5 },
  'phantomflow-pro': { ...phantomflow, plan: 'Pro', requestsPerMinute: 120, concurrentJobs: 10 },
  'rendobar-free': { ...rendobar, plan: 'Free', requestsPerMinute: 120, concurrentJobs: 1, backlog: 50 },
  'rendobar-pro': { ...rendobar, plan: 'Pro', requestsPerMinute: 600, concurrentJobs: 20, backlog: 1_000 },
} satisfies Record<string, Profile>);

export type ProfileName = keyof typeof PROFILES;
