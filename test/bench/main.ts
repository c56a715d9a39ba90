// Measurements with their peer beside them, in one run. Absolute times depend on the machine; the ratios travel.
import { fileURLToPath } from 'node:url';
import { type ColdStart, coldStart } from './cold-start.ts';

const RUNS = 11;
const subjects = {
  'renderq MCP server': fileURLToPath(import.meta.resolve('@renderq/mcp-server/cli')),
  'bare SDK server': fileURLToPath(new URL('./bare-server.ts', import.meta.url)),
};

const median = (values: readonly number[]) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

async function main(): Promise<void> {
  const samples = new Map<string, ColdStart[]>(Object.keys(subjects).map((name) => [name, []]));
  // In turn, so that a machine that slows down slows both; the first round fills caches and is not counted.
  for (let round = 0; round <= RUNS; round++) {
    for (const [name, entry] of Object.entries(subjects)) {
      const sample = await coldStart(entry);
      if (round > 0) samples.get(name)?.push(sample);
    }
  }
  const rows = [...samples].map(([name, all]) => ({
    server: name,
    'initialize, median ms': Math.round(median(all.map(({ initializeMs }) => initializeMs))),
    'tools/list, median ms': Math.round(median(all.map(({ toolsListMs }) => toolsListMs))),
    'worst ms': Math.round(Math.max(...all.map(({ toolsListMs }) => toolsListMs))),
  }));
  console.log(`Cold start over stdio, ${RUNS} runs each, in turn (Node ${process.versions.node})`);
  console.table(rows);
}

await main();
