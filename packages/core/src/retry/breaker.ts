import type { RenderError } from '../errors/render-error.ts';
import type { Clock } from '../ports/clock.ts';

/** Failures in a row after which a provider counts as down. */
const THRESHOLD = 5;
const FIRST_REST_MS = 5_000;
const LONGEST_REST_MS = 60_000;
/** A probe that has not been answered for so long is lost with its caller. */
const PROBE_PATIENCE_MS = 60_000;

/** Keeps traffic that nobody asks for just now away from a provider that is down. */
export interface Breaker {
  /** Unix milliseconds from which such traffic may pass; the past while the provider counts as up. */
  opensAt(): number;
  /** Whether the provider counts as down: what passes is a probe. */
  isDown(): boolean;
  /** Takes the one probe of a provider that has rested. Without effect while it counts as up. */
  pass(): void;
  /** An attempt was answered by the provider, well or badly. */
  answered(): void;
  /** An attempt met a dead wire or a fault of the provider. */
  failed(error: RenderError): void;
  /** An attempt was given up by its caller: it says nothing of the provider. */
  released(): void;
  /** Settles when the provider's standing has changed. */
  changed(): Promise<void>;
  /** The fault that it rests for. */
  lastError(): RenderError | undefined;
}

/**
 * A circuit breaker over consecutive failures: open for five seconds, then twice as long up to a minute, each with up to
 * half of it as jitter on top; one probe decides. What a caller asks for by itself may always pass: it is a probe too.
 */
export function createBreaker(options: {
  readonly clock: Clock;
  readonly random: () => number;
  readonly onChange: (openUntil: number | undefined) => void;
}): Breaker {
  const { clock, random, onChange } = options;
  let failures = 0;
  let rests = 0;
  let openUntil = 0;
  let probeUntil = 0;
  let last: RenderError | undefined;
  let changed = Promise.withResolvers<void>();

  function notify(): void {
    changed.resolve();
    changed = Promise.withResolvers();
  }

  return {
    opensAt: () => (failures < THRESHOLD ? 0 : Math.max(openUntil, probeUntil)),
    isDown: () => failures >= THRESHOLD,
    pass() {
      if (failures >= THRESHOLD) probeUntil = clock.now() + PROBE_PATIENCE_MS;
    },
    answered() {
      const wasOpen = failures >= THRESHOLD;
      failures = 0;
      rests = 0;
      openUntil = 0;
      probeUntil = 0;
      last = undefined;
      if (!wasOpen) return;
      notify();
      onChange(undefined);
    },
    failed(error) {
      failures += 1;
      last = error;
      probeUntil = 0;
      const now = clock.now();
      // Those that were on the wire together with the one that opened it add nothing.
      if (failures < THRESHOLD || openUntil > now) return;
      rests += 1;
      const rest = Math.min(LONGEST_REST_MS, FIRST_REST_MS * 2 ** (rests - 1));
      openUntil = now + Math.round(rest * (1 + random() / 2));
      notify();
      onChange(openUntil);
    },
    released() {
      if (probeUntil === 0) return;
      probeUntil = 0;
      notify();
    },
    changed: () => changed.promise,
    lastError: () => last,
  };
}
