import { fileURLToPath } from 'node:url';
import { type ColdStart, coldStart } from './cold-start.ts';
import { textTable } from './text-table.ts';

const RUNS = 11;
const subjects = {
  'renderq MCP server': fileURLToPath(import.meta.resolve('@renderq/mcp-server/cli')),
  'bare SDK server': fileURLToPath(new URL('./bare-server.ts', import.meta.url)),
};

const median = (values: readonly number[]) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

/** Cold start of the MCP server over stdio, beside the smallest server that the official SDK makes. Milliseconds. */
export async function runColdStartBench() {
  const samples = new Map<string, ColdStart[]>(Object.keys(subjects).map((name) => [name, []]));
  // In turn, so that a machine that slows down slows both; the first round fills caches and is not counted.
  for (let round = 0; round <= RUNS; round++) {
    for (const [name, entry] of Object.entries(subjects)) {
      const sample = await coldStart(entry);
      if (round > 0) samples.get(name)?.push(sample);
    }
  }
  const rows = [...samples].map(([server, all]) => ({
    server,
    initializeMs: Math.round(median(all.map(({ initializeMs }) => initializeMs))),
    toolsListMs: Math.round(median(all.map(({ toolsListMs }) => toolsListMs))),
    worstMs: Math.round(Math.max(...all.map(({ toolsListMs }) => toolsListMs))),
  }));
  console.log(`\nCold start over stdio, ${RUNS} runs each, in turn (Node ${process.versions.node})`);
  console.log(
    textTable(
      ['server', 'initialize, median ms', 'tools/list, median ms', 'worst ms'],
      rows.map(({ server, ...times }) => [server, ...Object.values(times).map(String)]),
    ),
  );
  return rows;
}
