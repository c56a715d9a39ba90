import { cancelledError } from '../errors/cancelled.ts';
import type { Clock } from '../ports/clock.ts';

export interface WaitForInput {
  readonly clock: Clock;
  /** Unix milliseconds at which the wait is over; Infinity waits for the event alone. */
  readonly until: number;
  /** Ends the wait early. Must not reject. */
  readonly event?: Promise<unknown>;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Waits for a time or an event, whichever comes first, and leaves no timer behind.
 * @throws {RenderError} CANCELLED when the signal aborts first.
 */
export async function waitFor({ clock, until, event, signal }: WaitForInput): Promise<'event' | 'time'> {
  if (signal?.aborted) throw cancelledError(signal);
  const over = new AbortController();
  const aborted = Promise.withResolvers<never>();
  const onAbort = () => aborted.reject(cancelledError(signal));
  signal?.addEventListener('abort', onAbort, { once: true });
  const contenders: Promise<'event' | 'time'>[] = [aborted.promise];
  if (event !== undefined) contenders.push(event.then(() => 'event'));
  if (Number.isFinite(until)) {
    contenders.push(clock.sleep(Math.max(0, until - clock.now()), over.signal).then(() => 'time'));
  }
  try {
    return await Promise.race(contenders);
  } finally {
    signal?.removeEventListener('abort', onAbort);
    over.abort();
    // The losers reject only because they lost.
    for (const contender of contenders) contender.catch(() => undefined);
  }
}

export interface RunUntilInput<T> extends Omit<WaitForInput, 'event'> {
  /** Gets a signal that aborts when the time is over or the caller's own signal does. */
  readonly task: (signal: AbortSignal) => Promise<T>;
  /** What the caller gets when the time is over first. */
  readonly onTime: () => Error;
}

/**
 * Runs a task that must be done by a time.
 * @throws {RenderError} CANCELLED when the caller's signal aborts first.
 */
export async function runUntil<T>({ clock, until, signal, task, onTime }: RunUntilInput<T>): Promise<T> {
  if (signal?.aborted) throw cancelledError(signal);
  const over = new AbortController();
  const running = task(signal === undefined ? over.signal : AbortSignal.any([signal, over.signal]));
  const settled = running.then(nothing, nothing);
  try {
    if ((await waitFor({ clock, until, event: settled, signal })) === 'time') throw onTime();
  } catch (error) {
    over.abort();
    running.catch(nothing);
    throw error;
  }
  return running.catch((error: unknown) => {
    throw signal?.aborted ? cancelledError(signal) : error;
  });
}

function nothing(): void {}
