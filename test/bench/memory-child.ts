// Prints what so many queued submits cost, as one line of JSON. Needs --expose-gc; a process of its own for every size.
import { createSimulatedClient } from '../scheduling/renderq-client.ts';
import type { Profile } from '../simulator/profiles.ts';
import { createStage } from '../simulator/scenario.ts';
import { createVirtualClock } from '../simulator/virtual-clock.ts';

const DAY_MS = 86_400_000;
/** Jobs that are let through to see what each costs while the others wait. */
const LET_THROUGH = 500;

/** Requests are no bound here: what is measured is the queue. */
const PROFILE: Profile = {
  vendor: 'phantomflow',
  plan: 'wide',
  requestsPerMinute: 100_000,
  concurrentJobs: 10,
  tellsWindow: true,
  window: 'aligned',
  retryAfter: true,
};

const jobs = Number(process.argv[2]);
const { gc } = globalThis;
if (gc === undefined || !(jobs > LET_THROUGH))
  throw new Error('Usage: node --expose-gc memory-child.ts <jobs over 500>');

const clock = createVirtualClock();
const stage = createStage({ profile: PROFILE, jobs, seed: 1, meanSeconds: 10, variation: 0 }, clock);
const client = createSimulatedClient({ profile: PROFILE, vendor: stage.vendor, timeline: clock, seed: 1 });
const requests = stage.items.map((item) => stage.requestOf(item));
const calls: Promise<unknown>[] = new Array(jobs);

async function heapBytes(): Promise<number> {
  for (let round = 0; round < 4; round += 1) {
    await new Promise((resolve) => setImmediate(resolve));
    gc?.();
  }
  return process.memoryUsage().heapUsed;
}

const cpuMicros = () => {
  const { user, system } = process.cpuUsage();
  return user + system;
};

let ended = 0;
const enough = Promise.withResolvers<void>();
// The schema is read once for all of them; what is measured are submits that wait in the line.
await clock.run(client.fetchSchema(requests[0]));
const heapBefore = await heapBytes();
const cpuBefore = cpuMicros();
for (let item = 0; item < jobs; item += 1) {
  const submitted = client.submit(requests[item], { maxQueueMs: DAY_MS });
  calls[item] = submitted;
  // Only of those that come first; a wait of each caller would be another measurement.
  if (item < 2 * LET_THROUGH) {
    void submitted
      .then(({ id }) => client.wait(id, { timeoutMs: DAY_MS }))
      .then(() => {
        ended += 1;
        if (ended === LET_THROUGH) enough.resolve();
      });
  }
}
await new Promise((resolve) => setImmediate(resolve));
const cpuQueued = cpuMicros();
const heapQueued = await heapBytes();
const cpuStart = cpuMicros();
await clock.run(enough.promise);
const cpuEnd = cpuMicros();

console.log(
  JSON.stringify({
    jobs,
    bytesPerJob: Math.round((heapQueued - heapBefore) / jobs),
    microsToQueueOne: (cpuQueued - cpuBefore) / jobs,
    microsPerEndedJob: (cpuEnd - cpuStart) / LET_THROUGH,
    kept: calls.length,
  }),
);
process.exit(0);
