// Measurements with their peers beside them, in one run. Absolute times depend on the machine; the ratios travel.
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { runColdStartBench } from './cold-start-bench.ts';
import { benchFilm } from './film.ts';
import { runMcpBench } from './mcp-bench.ts';
import { runMemoryBench } from './memory-bench.ts';
import { runOverheadBench } from './overhead-bench.ts';
import { publishScheduling } from './scheduling/publish.ts';
import { runSchedulingBench } from './scheduling/scheduling-bench.ts';
import { benchService } from './service.ts';

type Settings = ReturnType<typeof readArguments>['values'];

/** Every part by its name: prints its tables and returns what `--json` writes, in the order in which they run. */
const PARTS: Readonly<Record<string, (settings: Settings) => unknown>> = {
  'cold-start': runColdStartBench,
  mcp: runMcpBench,
  overhead: runOverheadBench,
  memory: runMemoryBench,
  film: benchFilm,
  service: benchService,
  scheduling: measureScheduling,
};

const USAGE = `Usage: npm run bench -- [${Object.keys(PARTS).join(' | ')}]... [--jobs 200] [--seeds 1] [--plan free]
  [--weather clean] [--client renderq] [--json file] [--out folder]`;
/** Where charts go when everything was measured. */
const DOCS = fileURLToPath(new URL('../../docs/bench/', import.meta.url));

function readArguments() {
  return parseArgs({
    allowPositionals: true,
    options: {
      jobs: { type: 'string', default: '200' },
      seeds: { type: 'string', default: '1' },
      plan: { type: 'string' },
      weather: { type: 'string' },
      client: { type: 'string' },
      json: { type: 'string' },
      out: { type: 'string' },
    },
  });
}

async function measureScheduling({ jobs, seeds, plan, weather, client, out }: Settings) {
  const options = { jobs: Number(jobs), seeds: Number(seeds), plan, weather, client };
  const rows = await runSchedulingBench(options);
  // A part of the field would make a chart that misleads.
  const isWhole = plan === undefined && weather === undefined && client === undefined;
  const folder = out ?? (isWhole ? DOCS : undefined);
  if (folder !== undefined) console.log(`\nWritten: ${publishScheduling(folder, rows, options).join(', ')}`);
  return rows;
}

async function main(): Promise<void> {
  const { values, positionals } = readArguments();
  const strangers = positionals.filter((name) => !Object.hasOwn(PARTS, name));
  if (strangers.length > 0) {
    console.error(`There is no part ${strangers.join(', ')}.\n${USAGE}`);
    process.exitCode = 2;
    return;
  }
  const measured: Record<string, unknown> = {};
  for (const [name, measure] of Object.entries(PARTS)) {
    if (positionals.length === 0 || positionals.includes(name)) measured[name] = await measure(values);
  }
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(measured, undefined, 2)}\n`);
}

await main();
