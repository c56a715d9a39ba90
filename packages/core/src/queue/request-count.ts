import type { Clock } from '../ports/clock.ts';

/** How the provider's count of an account's requests and ours stood at a moment at which nothing was on the wire. */
export interface CountMark {
  /** Tells the provider's windows apart. */
  readonly startsAt: number;
  /** Requests that the provider had counted in this window. */
  readonly used: number;
  /** Requests of ours whose answers told a count, and all others, since the account was opened. */
  readonly answered: number;
  readonly lost: number;
}

/**
 * Whether a request whose answer was lost has reached the provider. `hardly`: it was not counted, but too few counts have
 * been seen to know that they are prompt. `blind`: counts of this provider prove nothing.
 */
export type Arrival = 'arrived' | 'never' | 'hardly' | 'unclear' | 'blind';

/** The provider's window and the highest count that it told of. */
export interface CountedWindow {
  readonly startsAt: number;
  readonly used: number;
}

/**
 * What follows from the provider's count of requests (X-RateLimit-Remaining) when it is held against ours: whether a
 * request whose answer was lost has arrived, and whether others use the account. Differences between two moments of one
 * window need no clock to be right, and no knowledge of when the window began.
 */
export interface RequestCount {
  /** A request has ended; `isCounted` where its answer told a count, which then holds it. */
  ended(isCounted: boolean): void;
  /** A count has fallen inside a window: it lags behind at times, and small differences prove nothing. */
  fell(): void;
  /** A window has moved on before its end: it slides, and holds what was sent long before it seems to begin. */
  slid(): void;
  /**
   * Nothing is on the wire just now.
   * @param exceedsOurs Whether the window has counted more than everything that was sent from here about its time.
   */
  calm(window: CountedWindow, exceedsOurs: boolean): void;
  /** The last calm moment of the window, to be kept from before a request is sent. */
  mark(startsAt: number | undefined): CountMark | undefined;
  /** What has become of the request that was sent after the mark and lost. */
  arrival(mark: CountMark | undefined, window: CountedWindow, onWire: number): Arrival;
  /** Unix milliseconds at which the count last held requests of others; -Infinity where it never did. */
  othersSeenAt(): number;
}

/** So many counts in step with ours make it unlikely that the provider's lag behind. */
const TRIED_COUNTS = 20;

export function createRequestCount(clock: Clock): RequestCount {
  let answered = 0;
  let lost = 0;
  let isUnsteady = false;
  let isSliding = false;
  /** Calm moments at which the provider's count has moved exactly as ours. */
  let inStep = 0;
  let last: CountMark | undefined;
  let othersSeenAt = Number.NEGATIVE_INFINITY;

  /** Requests that the provider has counted since the mark, those of ours that were answered taken off. */
  function countedSince(mark: CountMark, { used }: CountedWindow): number {
    return used - mark.used - (answered - mark.answered);
  }

  return {
    ended(isCounted) {
      if (isCounted) answered += 1;
      else lost += 1;
    },
    fell() {
      isUnsteady = true;
    },
    slid() {
      isSliding = true;
    },
    calm({ startsAt, used }, exceedsOurs) {
      const before = last?.startsAt === startsAt ? last : undefined;
      const more = before === undefined ? 0 : countedSince(before, { startsAt, used });
      const isMore = before !== undefined && more > lost - before.lost;
      if (before !== undefined && more === 0 && lost === before.lost) inStep += 1;
      if (!isSliding && ((isMore && !isUnsteady) || exceedsOurs)) othersSeenAt = clock.now();
      last = { startsAt, used, answered, lost };
    },
    mark: (startsAt) => (last?.startsAt === startsAt ? last : undefined),
    arrival(mark, window, onWire) {
      if (isUnsteady || isSliding) return 'blind';
      if (mark?.startsAt !== window.startsAt) return 'unclear';
      const more = countedSince(mark, window);
      if (more <= 0) return inStep >= TRIED_COUNTS ? 'never' : 'hardly';
      // What is still on the wire may have been counted as well.
      return more - onWire >= lost - mark.lost ? 'arrived' : 'unclear';
    },
    othersSeenAt: () => othersSeenAt,
  };
}
