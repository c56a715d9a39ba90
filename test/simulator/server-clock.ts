import type { Timeline } from './timeline.ts';

/** The server's idea of the time. */
export interface ServerClock {
  now(): number;
  /** A time of the run as the server writes it. */
  at(ms: number): number;
  /** The Date header of an answer given now: cut to the second. */
  dateHeader(): string;
}

export function createServerClock(timeline: Timeline, skewMs: number): ServerClock {
  const at = (ms: number) => ms + skewMs;
  const now = () => at(timeline.now());
  return { at, now, dateHeader: () => new Date(now()).toUTCString() };
}
