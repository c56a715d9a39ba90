import { RenderError } from '../errors/render-error.ts';
import type { Clock } from '../ports/clock.ts';
import { waitFor } from '../retry/wait-for.ts';

/** The right to have one job running. Held from before the submit until the job is seen to have ended. */
export interface Slot {
  /** The job was accepted: the slot is free when this job has ended. */
  bind(jobId: string): void;
  /** The submit was refused: nothing runs. */
  release(): void;
  /** The submit's outcome is unknown: the slot counts as taken for this long. */
  releaseAfter(ms: number): void;
}

export interface JobSlots {
  /** Waits for a free slot, first come first served. @throws {RenderError} CONCURRENCY_LIMITED when `until` has come. */
  lease(options: {
    readonly until: number;
    readonly signal?: AbortSignal | undefined;
    readonly onWait?: () => void;
  }): Promise<Slot>;
  /** Takes a slot without waiting, beyond the capacity if need be: the provider has the last word. */
  take(): Slot;
  /** Waits until a slot comes free or the time has come. */
  waitForEnd(until: number, signal?: AbortSignal): Promise<void>;
  /** Told of every job seen in a terminal state, or proven absent. Jobs that hold no slot are ignored. */
  ended(jobId: string): void;
  /** The provider refused a submit for want of a slot: others hold the rest, so only one submit at a time goes on trying. */
  refused(): void;
  /** The provider accepted a submit. */
  accepted(): void;
  /** Jobs that hold a slot. */
  heldJobs(): readonly string[];
  /** Slots taken, those of unanswered submits included. */
  taken(): number;
  /** Whether a submit waits for one of the slots. */
  isWanted(): boolean;
  /** When the job was accepted, for as long as it holds its slot. */
  acceptedAt(jobId: string): number | undefined;
  setCapacity(capacity: number): void;
}

interface Hold {
  jobId?: string;
  since?: number;
  expiresAt?: number;
}

/** The concurrent jobs of one account's plan. `onDemand` is called whenever the wish for a slot begins or may have ended. */
export function createJobSlots(options: {
  readonly clock: Clock;
  readonly provider: string;
  readonly capacity: number;
  readonly onDemand: () => void;
}): JobSlots {
  const { clock } = options;
  const holds = new Set<Hold>();
  const waiters: PromiseWithResolvers<Slot>[] = [];
  let capacity = options.capacity;
  let allowed = capacity;
  let waitingForEnd = 0;
  let freed = Promise.withResolvers<void>();

  function taken(): number {
    const now = clock.now();
    for (const hold of holds) {
      if (hold.expiresAt !== undefined && hold.expiresAt <= now) holds.delete(hold);
    }
    return holds.size;
  }

  function grant(): void {
    while (waiters.length > 0 && taken() < allowed) waiters.shift()?.resolve(open());
    options.onDemand();
  }

  function free(hold: Hold): void {
    if (!holds.delete(hold)) return;
    allowed = Math.min(capacity, allowed + 1);
    freed.resolve();
    freed = Promise.withResolvers();
    grant();
  }

  function open(): Slot {
    const hold: Hold = {};
    holds.add(hold);
    return {
      bind(jobId) {
        // The provider recognised the key: this job has a slot already.
        if (holdOf(jobId) !== undefined) return free(hold);
        hold.jobId = jobId;
        hold.since = clock.now();
        options.onDemand();
      },
      release: () => free(hold),
      releaseAfter(ms) {
        hold.expiresAt = clock.now() + ms;
      },
    };
  }

  function holdOf(jobId: string): Hold | undefined {
    for (const hold of holds) if (hold.jobId === jobId) return hold;
    return undefined;
  }

  function nextExpiry(): number {
    return Math.min(...[...holds].map((hold) => hold.expiresAt ?? Number.POSITIVE_INFINITY));
  }

  function full(): RenderError {
    return new RenderError({
      code: 'CONCURRENCY_LIMITED',
      message: `All ${allowed} job slots of this account stayed taken for as long as the submit was allowed to wait.`,
      provider: options.provider,
    });
  }

  return {
    async lease({ until, signal, onWait }) {
      if (waiters.length === 0 && taken() < allowed) return open();
      const waiter = Promise.withResolvers<Slot>();
      waiters.push(waiter);
      try {
        onWait?.();
        for (;;) {
          grant();
          const end = await waitFor({ clock, until: Math.min(until, nextExpiry()), event: waiter.promise, signal });
          if (end === 'event') return await waiter.promise;
          if (clock.now() >= until) throw full();
        }
      } catch (error) {
        const place = waiters.indexOf(waiter);
        if (place >= 0) waiters.splice(place, 1);
        // Granted in the same instant in which the caller went away.
        waiter.promise.then((slot) => slot.release());
        options.onDemand();
        throw error;
      }
    },
    take: open,
    async waitForEnd(until, signal) {
      waitingForEnd += 1;
      options.onDemand();
      try {
        await waitFor({ clock, until, event: freed.promise, signal });
      } finally {
        waitingForEnd -= 1;
        options.onDemand();
      }
    },
    ended(jobId) {
      const hold = holdOf(jobId);
      if (hold !== undefined) free(hold);
    },
    refused() {
      allowed = Math.min(capacity, Math.max(1, [...holds].filter((hold) => hold.jobId !== undefined).length + 1));
    },
    accepted() {
      allowed = Math.min(capacity, allowed + 1);
      grant();
    },
    heldJobs: () => [...holds].flatMap((hold) => hold.jobId ?? []),
    taken,
    isWanted: () => waiters.length > 0 || waitingForEnd > 0,
    acceptedAt: (jobId) => holdOf(jobId)?.since,
    setCapacity(next) {
      capacity = next;
      allowed = next;
      grant();
    },
  };
}
