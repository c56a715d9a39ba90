import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Agent, request } from 'undici';
import { core } from '../torture/built-core.ts';
import { textTable } from './text-table.ts';

const JOB_ID = '0f6a2c11-7a40-4a9e-9c55-2b8f3d1e7a60';
const BLOCK = 400;
const ROUNDS = 12;

/** Microseconds per request, median of the blocks. */
export interface Overhead {
  readonly bareMicros: number;
  readonly renderqMicros: number;
  readonly overheadMicros: number;
}

/** One look after the other on loopback: a bare undici request with its JSON parsed, and the same look by renderq. */
export async function runOverheadBench(): Promise<Overhead> {
  const server = fork(fileURLToPath(new URL('./loopback-server.ts', import.meta.url)));
  try {
    const [port] = (await once(server, 'message')) as [number];
    const origin = `http://127.0.0.1:${port}`;
    const limits = { requestsPerMinute: 100_000_000, concurrentJobs: 10 };
    const client = core.createNodeClient({ provider: 'phantomflow', apiKey: 've_live_bench', baseUrl: origin, limits });
    const dispatcher = new Agent({ pipelining: 1 });
    const bare = async () => {
      const { body } = await request(`${origin}/api/jobs/${JOB_ID}`, {
        dispatcher,
        headers: { accept: 'application/json', 'x-api-key': 've_live_bench' },
      });
      await body.json();
    };
    const renderq = async () => {
      await client.get(JOB_ID);
    };
    const samples: { bare: number[]; renderq: number[] } = { bare: [], renderq: [] };
    // In turn, so that a machine that slows down slows both; the first round fills caches and is not counted.
    for (let round = 0; round <= ROUNDS; round += 1) {
      const [bareMicros, renderqMicros] = [await microsOf(bare), await microsOf(renderq)];
      if (round === 0) continue;
      samples.bare.push(bareMicros);
      samples.renderq.push(renderqMicros);
    }
    const [bareMicros, renderqMicros] = [median(samples.bare), median(samples.renderq)];
    const overheadMicros = median(samples.renderq.map((micros, round) => micros - (samples.bare[round] ?? Number.NaN)));
    console.log(
      `\nOne look over loopback, ${ROUNDS} blocks of ${BLOCK} in turn (goal: at most 50 µs more than bare undici)`,
    );
    console.log(
      textTable(
        ['', 'µs per request'],
        [
          ['bare undici', bareMicros.toFixed(0)],
          ['renderq', renderqMicros.toFixed(0)],
          ['overhead', overheadMicros.toFixed(0)],
        ],
      ),
    );
    await dispatcher.close();
    return { bareMicros, renderqMicros, overheadMicros };
  } finally {
    server.kill();
  }
}

async function microsOf(look: () => Promise<void>): Promise<number> {
  const started = performance.now();
  for (let count = 0; count < BLOCK; count += 1) await look();
  return ((performance.now() - started) * 1000) / BLOCK;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
