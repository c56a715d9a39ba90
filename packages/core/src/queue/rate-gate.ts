import type { RateWindow } from '../decode/rate-headers.ts';
import { RenderError } from '../errors/render-error.ts';
import type { Clock } from '../ports/clock.ts';
import { backoffMs } from '../retry/backoff.ts';
import { waitFor } from '../retry/wait-for.ts';

/** A little more than the minute: our requests are counted where they leave, the provider's where they arrive. */
const WINDOW_MS = 60_500;
/** After a reset one request goes first; the others wait this long for what its answer says of the new window. */
const PROBE_PATIENCE_MS = 5_000;
const SHORTEST_CLOSURE_MS = 250;
/** Longer than any request takes: a ticket that old was lost with its caller. */
const TICKET_LIFE_MS = 120_000;
/** Assumed where neither the caller nor the provider tells a limit and nothing has been refused. */
const UNTOLD_LIMIT = 60;

/** A request that passed the gate and has not been answered yet. */
export interface Ticket {
  readonly sentAt: number;
}

export interface RateGate {
  /** Waits until a request may be sent. Every ticket must be settled. */
  pass(signal: AbortSignal): Promise<Ticket>;
  /** Tells what the answer said of the window, and the refusal where it was one; nothing when no answer came. */
  settle(ticket: Ticket, answer?: { readonly window: RateWindow; readonly refusal?: RenderError | undefined }): void;
  /** Unix milliseconds from which a request may be sent, as far as is known now. */
  opensAt(): number;
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
}): RateGate {
  const { clock, random } = options;
  const inFlight = new Set<Ticket>();
  let limit = options.requestsPerMinute;
  let isGuess = options.isGuess ?? false;
  let isInForce = true;
  let sent: number[] = [];
  let window: { remaining: number; resetAt: number } | undefined;
  let closedUntil = 0;
  let lastRefusal: RenderError | undefined;
  let refusalsInARow = 0;
  let mustProbe = false;
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
    if (window !== undefined && window.resetAt > now) return window.remaining > inFlight.size ? now : window.resetAt;
    if (!isInForce) return now;
    sent = sent.filter((time) => time > now - WINDOW_MS);
    const oldest = sent.at(-limit);
    return oldest === undefined ? now : oldest + WINDOW_MS;
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

  function believe(told: RateWindow): void {
    if (told.limit !== undefined) limit = told.limit;
    if (told.limit !== undefined || told.remaining !== undefined) isGuess = false;
    isInForce = !isGuess;
    if (told.remaining === undefined || told.resetInMs === undefined) return;
    const next = { remaining: told.remaining, resetAt: clock.now() + told.resetInMs };
    // The Date header is cut to the second: resets within this distance are the same one, and the earliest is truest.
    const drift = next.resetAt - (window?.resetAt ?? Number.NEGATIVE_INFINITY);
    if (window === undefined || drift > 1_500) window = next;
    else if (drift > -1_500) {
      window.remaining = Math.min(window.remaining, next.remaining);
      window.resetAt = Math.min(window.resetAt, next.resetAt);
    }
  }

  return {
    opensAt,
    async pass(signal) {
      for (;;) {
        const at = opensAt();
        if (at <= clock.now()) return take();
        await waitFor({ clock, until: at, event: changed.promise, signal });
      }
    },
    settle(ticket, answer) {
      inFlight.delete(ticket);
      if (probe === ticket) probe = undefined;
      if (answer?.refusal !== undefined) close(answer.refusal);
      // The answer to a request sent before the gate closed knows nothing of the time after.
      else if (answer !== undefined && ticket.sentAt >= closedUntil) {
        refusalsInARow = 0;
        mustProbe = false;
        believe(answer.window);
      }
      notify();
    },
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
