import { availableParallelism } from 'node:os';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Subject, startSubject } from './service-process.ts';

const JOBS = 100;
const LOOK_MS = 200;
const PATIENCE_MS = 10 * 60_000;
const COMMAND = '-f lavfi -i testsrc2=size=320x180:rate=10:duration=1 -pix_fmt yuv420p out.mp4';

/** Memory while the queue empties. */
export interface MemoryPoint {
  readonly jobsDone: number;
  /** Megabytes of the process, with the engine's where it is WebAssembly. */
  readonly rssMb: number;
  readonly heapMb: number;
}

export interface QueueRun {
  readonly jobs: number;
  readonly cores: number;
  readonly engine: string;
  readonly seconds: number;
  readonly curve: readonly MemoryPoint[];
  /** Mean resident memory of the last quarter of the jobs over that of the second: 1 is flat; the first is warm-up. */
  readonly growth: number;
}

/** A hundred jobs, all accepted at once, rendered as the machine's cores allow. Throws when one of them fails. */
export async function measureQueue(): Promise<QueueRun> {
  const sandbox = await startSubject('sandbox');
  try {
    const started = performance.now();
    for (let job = 0; job < JOBS; job += 1) await submit(sandbox);
    const points: MemoryPoint[] = [];
    for (;;) {
      const jobsDone = await countDone(sandbox);
      const { rss, heapUsed } = await sandbox.memory();
      points.push({ jobsDone, rssMb: Math.round(rss / 1e6), heapMb: Math.round(heapUsed / 1e6) });
      if (jobsDone === JOBS) break;
      if (performance.now() - started > PATIENCE_MS) throw new Error(`Only ${jobsDone} of ${JOBS} jobs have ended.`);
      await sleep(LOOK_MS);
    }
    return {
      jobs: JOBS,
      cores: availableParallelism(),
      engine: sandbox.engine ?? '',
      seconds: Math.round((performance.now() - started) / 100) / 10,
      curve: thin(points),
      growth: Math.round((meanRss(points, 0.75, 1) / meanRss(points, 0.25, 0.5)) * 100) / 100,
    };
  } finally {
    await sandbox.stop();
  }
}

async function submit({ url }: Subject): Promise<void> {
  const answer = await fetch(`${url}/rendobar/jobs`, {
    method: 'POST',
    headers: { authorization: 'Bearer rb_sandbox', 'content-type': 'application/json' },
    body: JSON.stringify({ type: 'ffmpeg', params: { command: COMMAND } }),
  });
  if (answer.status !== 201) throw new Error(`The sandbox answered ${answer.status} to a submit.`);
  await answer.arrayBuffer();
}

/** By the status page's own view: it costs no request of the account. */
async function countDone({ url }: Subject): Promise<number> {
  const answer = await fetch(`${url}/_sandbox/page/state`);
  const { jobs } = (await answer.json()) as { jobs: { shown: readonly { readonly state: string }[] } };
  const failed = jobs.shown.filter(({ state }) => state === 'failed').length;
  if (failed > 0) throw new Error(`${failed} jobs have failed.`);
  return jobs.shown.filter(({ state }) => state === 'complete').length;
}

function meanRss(points: readonly MemoryPoint[], from: number, to: number): number {
  const within = points.filter(({ jobsDone }) => jobsDone > JOBS * from && jobsDone <= JOBS * to);
  return within.reduce((sum, { rssMb }) => sum + rssMb, 0) / within.length;
}

/** One point for every tenth of the jobs. */
function thin(points: readonly MemoryPoint[]): readonly MemoryPoint[] {
  const steps = Array.from({ length: 11 }, (_, step) => (step * JOBS) / 10);
  return steps.flatMap((step) => points.find(({ jobsDone }) => jobsDone >= step) ?? []);
}
