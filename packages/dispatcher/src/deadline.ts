import type { Clock } from '@renderq/core';

/** Sleeps until a time has come or the signal aborts, whichever is first. Never throws for an abort. */
export async function sleepUntil(clock: Clock, untilMs: number, signal: AbortSignal): Promise<void> {
  const restMs = untilMs - clock.now();
  if (restMs <= 0 || signal.aborted) return;
  await clock.sleep(restMs, signal).catch((fault: unknown) => {
    if (!signal.aborted) throw fault;
  });
}

/**
 * The result of `work` when it comes before the time given and before the signal aborts, else undefined; the work goes
 * on, and its fault is then nobody's.
 */
export async function resultBy<T>(
  clock: Clock,
  untilMs: number,
  signal: AbortSignal,
  work: Promise<T>,
): Promise<T | undefined> {
  const done = new AbortController();
  const result = work.finally(() => done.abort());
  result.catch(() => undefined);
  await sleepUntil(clock, untilMs, AbortSignal.any([done.signal, signal]));
  return done.signal.aborted ? result : undefined;
}
