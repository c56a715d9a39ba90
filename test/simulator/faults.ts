import type { RandomStream } from './random.ts';

/** Shares of requests, 0 to 1, that meet each fault. */
export interface FaultRates {
  /** Answered 500; nothing ran. */
  readonly errors: number;
  /** Answered 500 although the work was done. */
  readonly errorsAfterWork: number;
  /** Connections that break: half before the request was heard, half after the work was done. */
  readonly resets: number;
  /** Submits whose connection breaks and whose job appears 0.5 to 8 seconds later. */
  readonly lateCommits: number;
  /** Connections that stay open and silent: half of the requests were heard. */
  readonly silences: number;
  /** Answers whose remaining count is up to three requests old. */
  readonly staleCounts: number;
  /** Jobs whose render fails. */
  readonly failedRenders: number;
  /** Jobs that end without having run (Rendobar: their idempotency key is spent). */
  readonly neverRan: number;
}

export const NO_FAULTS: FaultRates = Object.freeze({
  errors: 0,
  errorsAfterWork: 0,
  resets: 0,
  lateCommits: 0,
  silences: 0,
  staleCounts: 0,
  failedRenders: 0,
  neverRan: 0,
});

/** Faults of a bad day, and of days that nobody should have. */
export const WEATHERS = Object.freeze({
  clean: NO_FAULTS,
  faulty: { ...NO_FAULTS, errors: 0.03, resets: 0.03, failedRenders: 0.03 },
  harsh: { ...NO_FAULTS, errors: 0.1, resets: 0.1, failedRenders: 0.03, staleCounts: 0.05 },
  late: { ...NO_FAULTS, lateCommits: 0.1 },
  silent: { ...NO_FAULTS, silences: 0.02 },
} satisfies Record<string, FaultRates>);

export type Weather = keyof typeof WEATHERS;

export type Fault =
  | 'error'
  | 'error-after-work'
  | 'reset-before'
  | 'reset-after'
  | 'late-commit'
  | 'silence-before'
  | 'silence-after';

/** Draws the fault that one request meets, if any. */
export function drawFault(rates: FaultRates, random: RandomStream, isSubmit: boolean): Fault | undefined {
  const half = random.chance(0.5);
  const drawn = random.next();
  const shares: readonly (readonly [number, Fault])[] = [
    [rates.errors, 'error'],
    [rates.errorsAfterWork, 'error-after-work'],
    [rates.resets, half ? 'reset-after' : 'reset-before'],
    [rates.silences, half ? 'silence-after' : 'silence-before'],
    [isSubmit ? rates.lateCommits : 0, 'late-commit'],
  ];
  let sum = 0;
  for (const [share, fault] of shares) {
    sum += share;
    if (drawn < sum) return fault;
  }
  return undefined;
}
