// Measurements with their peers beside them, in one run. Absolute times depend on the machine; the ratios travel.
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { runColdStartBench } from './cold-start-bench.ts';
import { runMemoryBench } from './memory-bench.ts';
import { runOverheadBench } from './overhead-bench.ts';
import { publishScheduling } from './scheduling/publish.ts';
import { runSchedulingBench } from './scheduling/scheduling-bench.ts';

const PARTS = ['cold-start', 'overhead', 'memory', 'scheduling'] as const;
type Part = (typeof PARTS)[number];

const USAGE = `Usage: npm run bench -- [${PARTS.join(' | ')}]... [--jobs 200] [--seeds 1] [--plan free] [--weather clean]
  [--client renderq] [--json file] [--out folder]`;
/** Where charts go when everything was measured. */
const DOCS = fileURLToPath(new URL('../../docs/bench/', import.meta.url));

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
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
  const asked = positionals.length === 0 ? PARTS : positionals;
  if (asked.some((name) => !PARTS.includes(name as Part))) throw new Error(USAGE);
  const { plan, weather, client } = values;
  const measured: Record<string, unknown> = {};
  if (asked.includes('cold-start')) measured.coldStart = await runColdStartBench();
  if (asked.includes('overhead')) measured.overhead = await runOverheadBench();
  if (asked.includes('memory')) measured.memory = runMemoryBench();
  if (asked.includes('scheduling')) {
    const options = { jobs: Number(values.jobs), seeds: Number(values.seeds), plan, weather, client };
    const rows = await runSchedulingBench(options);
    measured.scheduling = rows;
    // A part of the field would make a chart that misleads.
    const isWhole = plan === undefined && weather === undefined && client === undefined;
    const folder = values.out ?? (isWhole ? DOCS : undefined);
    if (folder !== undefined) console.log(`\nWritten: ${publishScheduling(folder, rows, options).join(', ')}`);
  }
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(measured, undefined, 2)}\n`);
}

await main();
