/** Where time comes from. Without `wake` nothing fires by itself: time moves by `advance` alone. */
export interface TimeSource {
  /** Unix time in milliseconds. */
  now(): number;
  /** Calls `ring` once after `ms` milliseconds; returns a canceller. */
  wake?(ms: number, ring: () => void): () => void;
}

/** The sandbox's own time: the host's, plus what the control plane has moved it forward. */
export interface SandboxClock {
  /** Unix time in milliseconds. */
  now(): number;
  /** Runs `task` once, `ms` milliseconds from now; returns a canceller. */
  after(ms: number, task: () => void): () => void;
  /** Moves time forward and runs, in order, everything that falls due on the way. */
  advance(ms: number): void;
  /** Milliseconds by which this clock is ahead of its source. */
  readonly aheadMs: number;
  /** Back to the source's time. What is pending keeps the wait that it has left. */
  reset(): void;
  /** Forgets every pending task. */
  close(): void;
}

/** The longest delay that a Node timer keeps without firing at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

const systemTime: TimeSource = {
  now: () => Date.now(),
  wake: (ms, ring) => {
    const timer = setTimeout(ring, ms);
    // A pending retry or settlement must not keep a process alive whose server has closed.
    timer.unref();
    return () => clearTimeout(timer);
  },
};

interface Pending {
  dueAt: number;
  readonly task: () => void;
}

export function createSandboxClock(source: TimeSource = systemTime): SandboxClock {
  const pending = new Set<Pending>();
  let aheadMs = 0;
  let cancelWake: (() => void) | undefined;

  const now = () => source.now() + aheadMs;

  function earliest(): Pending | undefined {
    let first: Pending | undefined;
    for (const entry of pending) if (!first || entry.dueAt < first.dueAt) first = entry;
    return first;
  }

  function arm(): void {
    cancelWake?.();
    cancelWake = undefined;
    const next = earliest();
    if (!next || !source.wake) return;
    cancelWake = source.wake(Math.min(Math.max(0, next.dueAt - now()), LONGEST_TIMER_MS), () => {
      runDue(now());
      arm();
    });
  }

  function runDue(until: number, onTurn?: (dueAt: number) => void): void {
    for (let next = earliest(); next && next.dueAt <= until; next = earliest()) {
      pending.delete(next);
      onTurn?.(next.dueAt);
      next.task();
    }
  }

  return {
    now,
    get aheadMs() {
      return aheadMs;
    },
    after(ms, task) {
      const entry: Pending = { dueAt: now() + Math.max(0, ms), task };
      pending.add(entry);
      arm();
      return () => {
        if (pending.delete(entry)) arm();
      };
    },
    advance(ms) {
      const target = now() + ms;
      runDue(target, (dueAt) => {
        aheadMs += Math.max(0, dueAt - now());
      });
      aheadMs += Math.max(0, target - now());
      arm();
    },
    reset() {
      for (const entry of pending) entry.dueAt -= aheadMs;
      aheadMs = 0;
      arm();
    },
    close() {
      pending.clear();
      cancelWake?.();
      cancelWake = undefined;
    },
  };
}
