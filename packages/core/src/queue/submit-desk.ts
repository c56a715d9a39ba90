import TinyQueue from 'tinyqueue';
import type { AccountState } from '../contract/account-state.ts';
import type { QueueNotice } from '../contract/client.ts';
import { cancelledError } from '../errors/cancelled.ts';
import { RenderError } from '../errors/render-error.ts';
import type { Clock } from '../ports/clock.ts';
import { waitFor } from '../retry/wait-for.ts';
import { createFairQueue, type Queueable } from './fair-queue.ts';
import type { JobSlots, Slot } from './job-slots.ts';

/** A submit that waits for its turn and its slot. Small: a hundred thousand of them may wait. */
export interface QueuedSubmit extends Queueable {
  /** Unix milliseconds until which the account's limits are waited for. */
  readonly until: number;
  readonly signal?: AbortSignal | undefined;
  readonly onQueued?: ((notice: QueueNotice) => void) | undefined;
  /** Attempts made and refusals met so far. */
  attempts: number;
  refusals: number;
  /** The provider's last refusal for want of a slot. */
  refusal?: RenderError | undefined;
  /** Its turn has come, and it has a slot. */
  readonly start: (slot: Slot) => void;
  /** Its time is over, its signal has aborted, or the account has stopped. */
  readonly reject: (error: RenderError) => void;
  /** Set by the desk while it waits. */
  stopHearing?: (() => void) | undefined;
}

/** Why the desk sends nothing just now. */
export interface Hold {
  readonly by: NonNullable<AccountState['queue']['heldBy']>;
  /** Unix milliseconds at which it may be over; Infinity where an event ends it. */
  readonly until: number;
  /** What a submit is told whose time is over meanwhile. */
  readonly error?: RenderError | undefined;
}

export interface SubmitDesk<T extends QueuedSubmit> {
  /** Starts a submit, or puts it in line. */
  enter(submit: T): void;
  /** The submit has been answered, or given up: the next may go. */
  leave(submit: T): void;
  /** Something changed that the line may wait for. */
  poke(): void;
  /** Refuses everything that waits. Gives how many those were. */
  refuseAll(error: RenderError): number;
  /** Whether a submit waits. */
  isWanted(): boolean;
  /** Submits that have left the line and are not settled yet. */
  onWire(): number;
  /** Submits that have left the line so far. */
  sent(): number;
  readonly waiting: number;
  owners(): number;
  hold(): Hold | undefined;
}

/**
 * The line of one account's submits: the most urgent first, owners in turn, each with a job slot from here on. A submit
 * that finds the line empty is somebody asking now, and passes a pause that holds back only what waits by itself.
 */
export function createSubmitDesk<T extends QueuedSubmit>(options: {
  readonly clock: Clock;
  readonly provider: string;
  readonly slots: JobSlots;
  /** Submits that may be on the wire together. One where a lost answer can only be settled by elimination. */
  readonly sideBySide: number;
  /** What else holds submits back: a pause or an outage. `isFresh` for one that nothing waits before. */
  readonly held: (isFresh: boolean) => Hold | undefined;
  /** A submit has joined the line. */
  readonly onQueued: (owner: string, waiting: number) => void;
  /** Nobody is in line any more. */
  readonly onEmpty: () => void;
}): SubmitDesk<T> {
  const { clock, slots } = options;
  const line = createFairQueue<T>();
  const waiters = new Set<T>();
  const deadlines = new TinyQueue<T>([], (a, b) => a.until - b.until);
  const sending = new Set<T>();
  const hearers = new Map<AbortSignal, Set<T>>();
  const stops = new WeakMap<AbortSignal, () => void>();
  /** Submits whose turn was not used: they are next. */
  let returned: T[] = [];
  let isRunning = false;
  let sent = 0;
  let changed = Promise.withResolvers<void>();

  function holdNow(isFresh = false): Hold | undefined {
    const other = options.held(isFresh);
    if (other !== undefined) return other;
    if (sending.size >= options.sideBySide) return { by: 'turn', until: Number.POSITIVE_INFINITY };
    const freeAt = slots.freeAt();
    return freeAt <= clock.now() ? undefined : { by: 'slot', until: freeAt };
  }

  function grant(submit: T): void {
    sending.add(submit);
    sent += 1;
    submit.start(slots.take());
  }

  /** Takes a submit out of the line; false where it has left before. */
  function settle(submit: T): boolean {
    if (!waiters.delete(submit)) return false;
    submit.stopHearing?.();
    submit.stopHearing = undefined;
    if (!line.remove(submit)) returned = returned.filter((other) => other !== submit);
    if (waiters.size === 0) options.onEmpty();
    return true;
  }

  function refuse(submit: T, error: RenderError): void {
    if (settle(submit)) submit.reject(error);
  }

  /** Many submits may share a signal, which takes longer for each listener that it has: it gets one of ours. */
  function hear(submit: T, signal: AbortSignal): void {
    const group = hearers.get(signal) ?? new Set<T>();
    if (group.size === 0) {
      const onAbort = () => {
        hearers.delete(signal);
        for (const one of [...group]) refuse(one, cancelledError(signal));
        poke();
      };
      hearers.set(signal, group);
      signal.addEventListener('abort', onAbort, { once: true });
      stops.set(signal, () => signal.removeEventListener('abort', onAbort));
    }
    group.add(submit);
    submit.stopHearing = () => {
      group.delete(submit);
      if (group.size > 0) return;
      hearers.delete(signal);
      stops.get(signal)?.();
    };
  }

  function pump(): void {
    while (waiters.size > 0 && holdNow() === undefined) {
      const next = returned[0] ?? line.shift();
      if (next === undefined) return;
      if (settle(next)) grant(next);
    }
  }

  /** What a submit is told whose time is over: the likeliest reason of its wait. */
  function overdue({ refusal, attempts }: T): RenderError {
    return asMetBy(attempts, refusal ?? holdNow()?.error ?? full());
  }

  function full(): RenderError {
    const { allowed, foreign } = slots.count();
    const others = foreign === 0 ? '' : ` (${foreign} by jobs of other programs)`;
    return new RenderError({
      code: 'CONCURRENCY_LIMITED',
      message: `All ${Math.max(1, allowed)} job slots of this account stayed taken${others} for as long as the submit was allowed to wait.`,
      provider: options.provider,
    });
  }

  function expire(): void {
    for (let next = deadlines.peek(); next !== undefined; next = deadlines.peek()) {
      const isOver = next.until <= clock.now();
      if (!isOver && waiters.has(next)) return;
      deadlines.pop();
      if (isOver) refuse(next, overdue(next));
    }
  }

  async function run(): Promise<void> {
    if (isRunning) return;
    isRunning = true;
    try {
      for (;;) {
        pump();
        expire();
        if (waiters.size === 0) return;
        const until = Math.min(holdNow()?.until ?? clock.now(), deadlines.peek()?.until ?? Number.POSITIVE_INFINITY);
        await waitFor({ clock, until: Math.max(until, clock.now() + 1), event: changed.promise });
      }
    } finally {
      isRunning = false;
    }
  }

  function poke(): void {
    changed.resolve();
    changed = Promise.withResolvers();
    if (waiters.size > 0) void run();
  }

  function tell(submit: T): void {
    const hold = holdNow();
    const reason = REASONS[hold?.by ?? 'turn'];
    const until = hold?.until ?? Number.POSITIVE_INFINITY;
    const error = submit.refusal ?? hold?.error;
    submit.onQueued?.({
      reason,
      attempts: submit.attempts,
      ...(Number.isFinite(until) && { nextAttemptAt: until }),
      ...(error !== undefined && { error: error.record }),
    });
  }

  return {
    enter(submit) {
      const { signal } = submit;
      if (signal?.aborted) return submit.reject(cancelledError(signal));
      // Without any patience the provider is asked at once: it may know of a slot that we do not.
      const isImpatient = submit.until <= clock.now();
      const isBack = submit.refusals > 0;
      if (isImpatient && !isBack) return grant(submit);
      const isFresh = !isBack && sending.size === 0;
      if (waiters.size === 0 && holdNow(isFresh) === undefined) return grant(submit);
      if (signal !== undefined) hear(submit, signal);
      waiters.add(submit);
      if (isBack) returned.push(submit);
      else line.push(submit);
      if (Number.isFinite(submit.until)) deadlines.push(submit);
      options.onQueued(submit.owner, waiters.size);
      tell(submit);
      poke();
    },
    leave(submit) {
      sending.delete(submit);
      poke();
    },
    poke,
    refuseAll(error) {
      const refused = [...waiters];
      for (const submit of refused) refuse(submit, asMetBy(submit.attempts, error));
      // The wait for their deadlines is over too: it would keep a process alive for nobody.
      poke();
      return refused.length;
    },
    isWanted: () => waiters.size > 0,
    onWire: () => sending.size,
    sent: () => sent,
    get waiting() {
      return waiters.size;
    },
    owners: () => line.owners(),
    hold: () => (waiters.size === 0 ? undefined : holdNow()),
  };
}

/** An error that another submit met says nothing of how often this one was sent. */
function asMetBy(attempts: number, error: RenderError): RenderError {
  return (error.record.attempts ?? 0) === attempts ? error : error.with({ attempts });
}

const REASONS = {
  slot: 'slot',
  turn: 'slot',
  doubt: 'slot',
  credits: 'credits',
  outage: 'outage',
} as const satisfies Record<Hold['by'], QueueNotice['reason']>;
