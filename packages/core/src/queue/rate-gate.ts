import type { RateWindow } from '../decode/rate-headers.ts';
import { RenderError } from '../errors/render-error.ts';
import type { Clock } from '../ports/clock.ts';
import { backoffMs } from '../retry/backoff.ts';
import { waitFor } from '../retry/wait-for.ts';
import { type Arrival, type CountedWindow, type CountMark, createRequestCount } from './request-count.ts';

/** A little more than the minute: our requests are counted where they leave, the provider's where they arrive. */
const WINDOW_MS = 60_500;
/** After a reset one request goes first; the others wait this long for what its answer says of the new window. */
const PROBE_PATIENCE_MS = 5_000;
const SHORTEST_CLOSURE_MS = 250;
/** Longer than any request takes: a ticket that old was lost with its caller. */
const TICKET_LIFE_MS = 120_000;
/** Assumed where neither the caller nor the provider tells a limit and nothing has been refused. */
const UNTOLD_LIMIT = 60;
const MINUTE_MS = 60_000;
/** How far the start of the provider's window may be from where its answers put it. */
const WINDOW_BLUR_MS = 2_000;
const YOUNG_WINDOW_MS = 5_000;
/** Old times are dropped many at a time: each drop moves all others. */
const FORGOTTEN_AT_ONCE = 256;
/** How much the cut of the Date header, and of the reset, may move a reset that is told. */
const DATE_CUT_MS = 1_500;

/** A request that passed the gate and has not been answered yet. */
export interface Ticket {
  readonly sentAt: number;
}

/** The provider's window as its answers tell it. */
interface Window {
  /** Requests left, those taken off whose answers were lost. */
  remaining: number;
  /** The lowest count that an answer gave, and when. */
  told: number;
  toldAt: number;
  resetAt: number;
  /** Where the first answer put its beginning. */
  readonly startsAt: number;
  /** Requests of ours in it that have been answered. */
  answered: number;
}

/** Requests that may still be sent before a time. */
export interface RequestBudget {
  readonly requests: number;
  /** Unix milliseconds at which the count begins anew. */
  readonly until: number;
}

export interface RateGate {
  /** Takes a ticket if a request may be sent this instant. Every ticket must be settled. */
  tryPass(): Ticket | undefined;
  /** Waits until a request may be sent. Every ticket must be settled. */
  pass(signal: AbortSignal): Promise<Ticket>;
  /** Tells what the answer said of the window, and the refusal where it was one; nothing when no answer came. */
  settle(ticket: Ticket, answer?: { readonly window: RateWindow; readonly refusal?: RenderError | undefined }): void;
  /** The request did not leave: nothing was spent. */
  giveBack(ticket: Ticket): void;
  /** What is left to plan with; other clients of the account are taken off by what they were seen to use. */
  budget(): RequestBudget;
  /** The provider's count as it stood when nothing was on the wire last: to be taken before a request is sent. */
  mark(): CountMark | undefined;
  /** What the provider's count tells of the request sent after the mark whose answer was lost; undefined without a count. */
  arrival(mark: CountMark | undefined): Arrival | undefined;
  /** Unix milliseconds at which the provider's count last held requests of others; -Infinity where it never did. */
  othersSeenAt(): number;
  /** Until now the account was worked by another process of ours: what was counted so far are not requests of others. */
  inherit(): void;
  /** What the provider told of its window, where it stands. */
  window(): { readonly remaining: number; readonly resetAt: number } | undefined;
  /** Unix milliseconds from which a request may be sent, as far as is known now. */
  opensAt(): number;
  /** Whether it is closed because the provider has refused a request. */
  isRefused(): boolean;
  /** The provider's last refusal while it holds, else the gate's own. */
  refusal(): RenderError;
  /** Requests that a window holds: the provider's number once it told it. */
  limit(): number;
  setLimit(requestsPerMinute: number): void;
}

/**
 * The request limit of one account. It counts the plan's requests in a sliding minute until the answers' headers tell
 * of the provider's own window, and believes those. A refusal closes it for everyone; afterwards, as after every reset,
 * a single request finds out how the new window stands before the others follow.
 */
export function createRateGate(options: {
  readonly clock: Clock;
  readonly random: () => number;
  readonly provider: string;
  readonly requestsPerMinute: number;
  /**
   * True where the number is only the smallest plan's and the answers should tell the true one. Once an answer tells
   * nothing, the guess no longer holds requests back; a refusal that names no time brings it into force again.
   */
  readonly isGuess?: boolean;
  /** Whether answers will tell how the window stands: it may be spent already, so that one request asks first. */
  readonly probesFirst?: boolean;
}): RateGate {
  const { clock, random } = options;
  const inFlight = new Set<Ticket>();
  let limit = options.requestsPerMinute;
  let isGuess = options.isGuess ?? false;
  let isInForce = true;
  /** In the order of time. */
  const sent: number[] = [];
  const count = createRequestCount(clock);
  let window: Window | undefined;
  let hasSeenWindow = false;
  let closedUntil = 0;
  let inheritedAt = Number.NEGATIVE_INFINITY;
  /** After a probe that told nothing of the new window, one request's share of it goes by before the next. */
  let restUntil = 0;
  let lastRefusal: RenderError | undefined;
  let refusalsInARow = 0;
  let mustProbe = options.probesFirst ?? false;
  let probe: Ticket | undefined;
  let changed = Promise.withResolvers<void>();

  function notify(): void {
    changed.resolve();
    changed = Promise.withResolvers();
  }

  function opensAt(): number {
    const now = clock.now();
    if (closedUntil > now) return closedUntil;
    for (const ticket of inFlight) if (ticket.sentAt <= now - TICKET_LIFE_MS) inFlight.delete(ticket);
    if (probe !== undefined && probe.sentAt + PROBE_PATIENCE_MS > now) return probe.sentAt + PROBE_PATIENCE_MS;
    if (restUntil > now) return restUntil;
    if (window !== undefined && window.resetAt > now) return window.remaining > inFlight.size ? now : window.resetAt;
    if (!isInForce) return now;
    forgetBefore(now - WINDOW_MS);
    const oldest = sent.at(-limit);
    return oldest === undefined ? now : oldest + WINDOW_MS;
  }

  function forgetBefore(time: number): void {
    const old = firstFrom(sent, time);
    if (old > FORGOTTEN_AT_ONCE) sent.splice(0, old);
  }

  /** Requests that were sent from this time on. */
  function sentSince(time: number): number {
    return sent.length - firstFrom(sent, time);
  }

  function take(): Ticket {
    const ticket = { sentAt: clock.now() };
    if (window !== undefined && window.resetAt <= ticket.sentAt) {
      window = undefined;
      mustProbe = true;
    }
    if (mustProbe) probe = ticket;
    inFlight.add(ticket);
    sent.push(ticket.sentAt);
    return ticket;
  }

  function close(refusal: RenderError): void {
    const now = clock.now();
    lastRefusal = refusal;
    // A refusal that names its time says all that is needed; one that names none is best explained by the smallest plan.
    if (refusal.record.retryAfterMs === undefined) {
      isGuess = false;
      isInForce = true;
    }
    // A burst that ran into the wall together is one refusal, not many.
    if (closedUntil <= now) refusalsInARow += 1;
    const wait = backoffMs({ failures: refusalsInARow, random, floorMs: refusal.record.retryAfterMs });
    closedUntil = Math.max(closedUntil, now + Math.max(SHORTEST_CLOSURE_MS, wait));
    window = undefined;
    mustProbe = true;
  }

  function believe(told: RateWindow, sentAt: number): void {
    if (told.limit !== undefined) limit = told.limit;
    if (told.limit !== undefined || told.remaining !== undefined) isGuess = false;
    isInForce = !isGuess;
    if (told.remaining === undefined || told.resetInMs === undefined) return;
    const resetAt = clock.now() + told.resetInMs;
    const startsAt = resetAt - MINUTE_MS;
    const next: Window = {
      remaining: told.remaining,
      told: told.remaining,
      toldAt: clock.now(),
      resetAt,
      startsAt,
      answered: 0,
    };
    // The answer was written at some time between the request and its arrival, and the Date header is cut to the second:
    // a reset that may be the known one is the known one, and the earliest told is truest.
    const earliest = sentAt + told.resetInMs - DATE_CUT_MS;
    const latest = resetAt + DATE_CUT_MS;
    if (window === undefined || earliest > window.resetAt) {
      // A fixed window ends before another begins; one that moves on before its end slides.
      if (window !== undefined && window.resetAt > clock.now() + DATE_CUT_MS) count.slid();
      window = next;
    } else if (latest > window.resetAt) {
      if (next.told > window.told && sentAt > window.toldAt) count.fell();
      window.remaining = Math.min(window.remaining, next.remaining);
      if (next.told < window.told) window.toldAt = clock.now();
      window.told = Math.min(window.told, next.told);
      window.resetAt = Math.min(window.resetAt, next.resetAt);
    } else return;
    hasSeenWindow = true;
    // Some counts lag behind: what was answered here has been counted.
    if (sentAt >= window.startsAt) window.answered += 1;
    window.remaining = Math.min(window.remaining, limit - window.answered);
  }

  /** The requests of others that this window has counted, for each of ours. */
  function foreignShare(told: { readonly remaining: number; readonly resetAt: number }): number {
    const start = told.resetAt - MINUTE_MS;
    const ours = sentSince(start - WINDOW_BLUR_MS);
    const others = limit - told.remaining - ours;
    return ours === 0 || others <= 0 ? 0 : others / ours;
  }

  /** Whether the window has counted more than everything that was sent from here about its time. */
  function exceedsOurs({ told, startsAt }: Window): boolean {
    // Its beginning is only known to a second or two.
    if (clock.now() - startsAt < YOUNG_WINDOW_MS || startsAt - WINDOW_BLUR_MS < inheritedAt) return false;
    return limit - told > sentSince(startsAt - WINDOW_BLUR_MS);
  }

  function counted({ startsAt, told }: Window): CountedWindow {
    return { startsAt, used: limit - told };
  }

  return {
    opensAt,
    tryPass: () => (opensAt() <= clock.now() ? take() : undefined),
    async pass(signal) {
      for (;;) {
        const at = opensAt();
        if (at <= clock.now()) return take();
        await waitFor({ clock, until: at, event: changed.promise, signal });
      }
    },
    settle(ticket, answer) {
      inFlight.delete(ticket);
      const wasProbe = probe === ticket;
      if (wasProbe) probe = undefined;
      count.ended(answer?.window.remaining !== undefined);
      if (answer === undefined) {
        // The provider may have counted it, and another window may be as full as the last one was.
        if (window !== undefined) window.remaining -= 1;
        if (wasProbe && hasSeenWindow) restUntil = clock.now() + MINUTE_MS / limit;
      }
      if (answer?.refusal !== undefined) close(answer.refusal);
      // The answer to a request sent before the gate closed knows nothing of the time after.
      else if (answer !== undefined && ticket.sentAt >= closedUntil) {
        refusalsInARow = 0;
        mustProbe = false;
        restUntil = 0;
        believe(answer.window, ticket.sentAt);
        if (window !== undefined && inFlight.size === 0) count.calm(counted(window), exceedsOurs(window));
      }
      notify();
    },
    giveBack(ticket) {
      inFlight.delete(ticket);
      if (probe === ticket) probe = undefined;
      const place = sent.lastIndexOf(ticket.sentAt);
      if (place >= 0) sent.splice(place, 1);
      notify();
    },
    budget() {
      const now = clock.now();
      forgetBefore(now - WINDOW_MS);
      if (window !== undefined && window.resetAt > now) {
        const requests = Math.max(0, window.remaining - inFlight.size);
        return { requests: requests / (1 + foreignShare(window)), until: window.resetAt };
      }
      const held = isInForce ? limit : Math.max(limit, UNTOLD_LIMIT);
      return { requests: held, until: Math.max(now, closedUntil) + MINUTE_MS };
    },
    mark: () => count.mark(window?.startsAt),
    arrival(mark) {
      if (window === undefined) return undefined;
      if (window.resetAt <= clock.now()) return 'unclear';
      return count.arrival(mark, counted(window), inFlight.size);
    },
    othersSeenAt: count.othersSeenAt,
    inherit() {
      inheritedAt = clock.now();
    },
    window: () => (window !== undefined && window.resetAt > clock.now() ? window : undefined),
    isRefused: () => closedUntil > clock.now(),
    refusal() {
      const retryAfterMs = Math.max(0, opensAt() - clock.now());
      if (lastRefusal !== undefined && closedUntil > clock.now()) return lastRefusal.with({ retryAfterMs });
      return new RenderError({
        code: 'RATE_LIMITED',
        message: `The ${limit} requests per minute of this account are used up; nothing was sent.`,
        provider: options.provider,
        retryAfterMs,
      });
    },
    limit: () => (isInForce ? limit : Math.max(limit, UNTOLD_LIMIT)),
    setLimit(requestsPerMinute) {
      limit = requestsPerMinute;
      isGuess = false;
      isInForce = true;
      notify();
    },
  };
}

/** The index of the first time in a list in the order of time that is not before the one given. */
function firstFrom(times: readonly number[], time: number): number {
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((times[middle] ?? time) < time) low = middle + 1;
    else high = middle;
  }
  return low;
}
