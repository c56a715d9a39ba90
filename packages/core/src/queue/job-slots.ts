import type { Clock } from '../ports/clock.ts';

/** The right to have one job running. Held from before the submit until the job is seen to have ended. */
export interface Slot {
  /** The job was accepted: the slot is free when this job has ended. */
  bind(jobId: string): void;
  /** The submit was refused: nothing runs. */
  release(): void;
  /** The submit's outcome is unknown: the slot counts as taken for this long. */
  releaseAfter(ms: number): void;
}

/** What the slots tell of themselves. */
export interface SlotCount {
  readonly taken: number;
  /** Running jobs of others, as last seen. */
  readonly foreign: number;
  /** Jobs that the account is believed to have room for. */
  readonly allowed: number;
  readonly capacity: number;
}

export interface JobSlots {
  /** Unix milliseconds from which a submit may try for a slot: the past where one is free, Infinity where a job must end. */
  freeAt(): number;
  /** Takes a slot, beyond the capacity if need be: who asks has looked at `freeAt`, or leaves the last word to the provider. */
  take(): Slot;
  /** Told of every job seen in a terminal state, or proven absent. Jobs that hold no slot are ignored. */
  ended(jobId: string): void;
  /** The provider refused a submit for want of a slot: others hold the rest. One submit may try again at `retryAt`. */
  refused(retryAt: number): void;
  /** The provider accepted a submit. */
  accepted(): void;
  /** A list of the account's jobs showed this many running that hold no slot here. */
  sawForeign(running: number): void;
  /** Jobs that hold a slot. */
  heldJobs(): readonly string[];
  count(): SlotCount;
  /** When the job was accepted, for as long as it holds its slot. */
  acceptedAt(jobId: string): number | undefined;
  setCapacity(capacity: number): void;
}

interface Hold {
  jobId?: string;
  since?: number;
  expiresAt?: number;
}

/** What a list showed of other clients is believed for this long. */
const FOREIGN_LIFE_MS = 60_000;
/** Jobs of others that hold every slot for so long may be ghosts of the list: the provider itself is asked. */
const FOREIGN_DOUBT_MS = 30_000;
/** After a list without room, a try waits this long for the next list. */
const FOREIGN_PATIENCE_MS = 10_000;

interface ForeignJobs {
  readonly running: number;
  readonly seenAt: number;
  /** Since when they and ours have filled the plan. */
  readonly fullSince: number;
}

const NONE: ForeignJobs = Object.freeze({ running: 0, seenAt: 0, fullSince: Number.POSITIVE_INFINITY });

/**
 * The concurrent jobs of one account's plan. The plan's number is the bound; a refusal lowers the belief to what is held
 * here, and from there it recovers by one careful try at a time, or at once when a list shows that there is room.
 */
export function createJobSlots(options: {
  readonly clock: Clock;
  readonly capacity: number;
  /** Told after a slot was taken or freed, and when the room may have grown. */
  readonly onChange: (change: 'leased' | 'freed' | 'room') => void;
}): JobSlots {
  const { clock, onChange } = options;
  const holds = new Set<Hold>();
  const byJob = new Map<string, Hold>();
  let { capacity } = options;
  let allowed = capacity;
  /** From when one submit may try beyond what is believed. Infinity while such a try is out. */
  let tryAt = Number.POSITIVE_INFINITY;
  let foreign = NONE;

  function expire(): void {
    const now = clock.now();
    for (const hold of holds) {
      if (hold.expiresAt !== undefined && hold.expiresAt <= now) holds.delete(hold);
    }
    if (foreign.running > 0 && foreign.seenAt + FOREIGN_LIFE_MS <= now) foreign = NONE;
  }

  function nextExpiry(): number {
    let next = Number.POSITIVE_INFINITY;
    for (const { expiresAt } of holds) if (expiresAt !== undefined && expiresAt < next) next = expiresAt;
    return next;
  }

  /** A try is out while a submit has a slot and no answer; whatever it ended in, the next one may follow it. */
  function nextTryAt(): number {
    if (tryAt < Number.POSITIVE_INFINITY) return tryAt;
    for (const { jobId, expiresAt } of holds) if (jobId === undefined && expiresAt === undefined) return tryAt;
    return allowed < capacity ? clock.now() : tryAt;
  }

  function free(hold: Hold): void {
    if (!holds.delete(hold)) return;
    if (hold.jobId !== undefined) byJob.delete(hold.jobId);
    onChange('freed');
  }

  function take(): Slot {
    const hold: Hold = {};
    if (holds.size >= allowed) tryAt = Number.POSITIVE_INFINITY;
    holds.add(hold);
    onChange('leased');
    return {
      bind(jobId) {
        // The provider recognised the key: this job has a slot already.
        if (byJob.has(jobId)) return free(hold);
        hold.jobId = jobId;
        hold.since = clock.now();
        byJob.set(jobId, hold);
      },
      release: () => free(hold),
      releaseAfter(ms) {
        hold.expiresAt = clock.now() + ms;
        onChange('room');
      },
    };
  }

  return {
    freeAt() {
      expire();
      const now = clock.now();
      const believed = Math.min(allowed, capacity);
      if (holds.size < believed && holds.size + foreign.running < capacity) return now;
      const asks = holds.size < capacity ? nextTryAt() : Number.POSITIVE_INFINITY;
      const doubts = holds.size < believed ? foreign.fullSince + FOREIGN_DOUBT_MS : Number.POSITIVE_INFINITY;
      return Math.min(asks, doubts, nextExpiry());
    },
    take,
    ended(jobId) {
      const hold = byJob.get(jobId);
      if (hold !== undefined) free(hold);
    },
    refused(retryAt) {
      // What is in flight may be refused as well; only jobs that run are certain.
      allowed = Math.min(capacity, byJob.size);
      tryAt = retryAt;
    },
    accepted() {
      if (holds.size <= allowed) return;
      allowed = Math.min(capacity, holds.size);
      onChange('room');
    },
    sawForeign(running) {
      const now = clock.now();
      const isFull = holds.size + running >= capacity;
      foreign = {
        running,
        seenAt: now,
        fullSince: isFull ? Math.min(foreign.fullSince, now) : Number.POSITIVE_INFINITY,
      };
      if (isFull) {
        // The list has answered what a try would find out; only a ghost in it is worth one.
        tryAt = Math.min(Math.max(tryAt, now + FOREIGN_PATIENCE_MS), foreign.fullSince + FOREIGN_DOUBT_MS);
        return;
      }
      allowed = capacity;
      onChange('room');
    },
    heldJobs: () => [...byJob.keys()],
    count() {
      expire();
      return { taken: holds.size, foreign: foreign.running, allowed, capacity };
    },
    acceptedAt: (jobId) => byJob.get(jobId)?.since,
    setCapacity(next) {
      capacity = next;
      allowed = next;
      tryAt = Number.POSITIVE_INFINITY;
      onChange('room');
    },
  };
}
