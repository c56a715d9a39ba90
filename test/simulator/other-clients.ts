import type { JobDesk } from './job-desk.ts';
import { randomStream } from './random.ts';
import type { RateWindow } from './rate-window.ts';
import type { ServerClock } from './server-clock.ts';
import type { Timeline } from './timeline.ts';
import type { OtherClients } from './vendor-options.ts';

const MINUTE_MS = 60_000;

/**
 * Lets other clients of the account spend its requests and its slots, each at random times (a Poisson process).
 * @returns ends it.
 */
export function startOthers(stage: {
  readonly seed: number;
  readonly timeline: Timeline;
  readonly others: OtherClients | undefined;
  readonly window: RateWindow;
  readonly server: ServerClock;
  readonly desk: JobDesk;
}): () => void {
  const { seed, timeline, others, window, server, desk } = stage;
  if (others === undefined) return () => {};
  const takeBacks = new Set<() => void>();

  function repeat(perMinute: number, name: string, act: () => void): void {
    if (perMinute <= 0) return;
    const random = randomStream(seed, name);
    const next = () => {
      const takeBack = timeline.after((-Math.log(1 - random.next()) * MINUTE_MS) / perMinute, () => {
        takeBacks.delete(takeBack);
        act();
        next();
      });
      takeBacks.add(takeBack);
    };
    next();
  }

  repeat(others.looksPerMinute, 'looks of others', () => window.take(server.now()));
  repeat(others.jobsPerMinute, 'jobs of others', () => {
    if (window.take(server.now()).isTaken) desk.admitForeign();
  });
  return () => {
    for (const takeBack of takeBacks) takeBack();
  };
}
