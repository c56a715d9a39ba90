import type { Clock } from '@renderq/core';

/** Watches a transfer for standstill. */
export interface IdleWatch {
  /** A byte moved, or may move again: the time counts from now. */
  moved(): void;
  /** Our own side pauses: no time counts until `moved`. */
  paused(): void;
  stop(): void;
}

/** Calls `onIdle` once when nothing has moved for `idleMs` milliseconds. */
export function watchIdle(clock: Clock, idleMs: number, onIdle: () => void): IdleWatch {
  const done = new AbortController();
  let since: number | undefined = clock.now();

  async function watch(): Promise<void> {
    for (;;) {
      const idle = since === undefined ? 0 : clock.now() - since;
      if (since !== undefined && idle >= idleMs) return onIdle();
      await clock.sleep(Math.max(1, idleMs - idle), done.signal);
    }
  }

  // Ends by its own word or by ours; neither is news to anybody.
  watch().catch(() => undefined);
  return {
    moved() {
      since = clock.now();
    },
    paused() {
      since = undefined;
    },
    stop: () => done.abort(),
  };
}
