import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { createSqliteStore } from '@renderq/dispatcher';
import { textTable } from './text-table.ts';

const JOBS = 10_000;
const CALLS = 200;
const MEGABYTE = 1_048_576;

const RENDERQ = fileURLToPath(import.meta.resolve('@renderq/mcp-server/cli'));
const BARE = fileURLToPath(new URL('./bare-server.ts', import.meta.url));

/** What one stdio server costs a host. */
interface ServerCost {
  readonly server: string;
  readonly tools: number;
  /** Of a call that only reads, after the first. */
  readonly medianMs: number;
  readonly p95Ms: number;
  /** The first call, which opens whatever the server opens late. */
  readonly firstMs: number;
  /** Resident memory after all calls; undefined where the system does not tell. */
  readonly residentMb: number | undefined;
}

/** Fills a home with jobs that have ended, each accepted as the dispatcher accepts one. */
function fill(folder: string, jobs: number): void {
  const store = createSqliteStore({ folder });
  const now = Date.now();
  for (let index = 0; index < jobs; index += 1) {
    const id = `job_rq${String(index).padStart(18, '0')}`;
    const at = now - (jobs - index) * 1000;
    const url = `https://cdn.example.test/renders/${id}/film.mp4`;
    store.insert(
      {
        id,
        principal: 'local',
        provider: 'phantomflow',
        account: 'local-phantomflow',
        fingerprint: id,
        providerKey: id,
        label: `film ${index}`,
        request: { scenes: [{ duration: 5, elements: [{ type: 'text', text: `Film ${index}` }] }] },
        createdAt: at,
        updatedAt: at + 500,
        acceptedAt: at + 100,
        state: 'succeeded',
        remote: {
          id: `remote-${index}`,
          provider: 'phantomflow',
          state: 'succeeded',
          providerState: 'completed',
          progress: 1,
          output: { url, files: [{ url }] },
        },
      },
      { repeatsSince: now, maxOpen: jobs },
    );
  }
  store.close();
}

/** Resident memory by Linux's own account. */
function residentMb(pid: number): number | undefined {
  try {
    const [, kilobytes] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return kilobytes === undefined ? undefined : Math.round((Number(kilobytes) * 1024) / MEGABYTE);
  } catch {
    return undefined;
  }
}

interface Subject {
  readonly server: string;
  readonly args: readonly string[];
  readonly tool: string;
  readonly home: string;
}

async function measure({ server, args, tool, home }: Subject): Promise<ServerCost> {
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [...args],
    env: { PATH: process.env.PATH ?? '', RENDERQ_HOME: home },
  });
  const client = new Client({ name: 'bench', version: '0' }, { versionNegotiation: { mode: 'legacy' } });
  await client.connect(transport);
  const { tools } = await client.listTools();
  const times: number[] = [];
  for (let call = 0; call <= CALLS; call += 1) {
    const started = performance.now();
    const { isError } = await client.callTool({ name: tool, arguments: {} });
    if (isError) throw new Error(`${tool} failed.`);
    times.push(performance.now() - started);
  }
  const resident = residentMb(transport.pid ?? 0);
  await client.close();
  const [firstMs = Number.NaN, ...later] = times;
  const sorted = later.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.floor(sorted.length * share)] ?? Number.NaN;
  return { server, tools: tools.length, firstMs, medianMs: at(0.5), p95Ms: at(0.95), residentMb: resident };
}

/** Memory and `list_jobs` with no job and with 10,000, beside a server of the bare SDK with as many tools. */
export async function runMcpBench(): Promise<readonly ServerCost[]> {
  const home = mkdtempSync(join(tmpdir(), 'renderq-bench-'));
  try {
    fill(join(home, 'full'), JOBS);
    const jobs = (count: string, folder: string): Subject => ({
      server: `renderq, ${count} jobs kept`,
      args: [RENDERQ],
      tool: 'list_jobs',
      home: join(home, folder),
    });
    const costs: ServerCost[] = [];
    for (const subject of [jobs('no', 'empty'), jobs(JOBS.toLocaleString('en'), 'full')])
      costs.push(await measure(subject));
    const args = [BARE, String(costs[0]?.tools ?? 1)];
    costs.push(await measure({ server: 'bare SDK server', args, tool: 'echo', home }));
    console.log(`\nOne page of list_jobs over stdio, ${CALLS} calls after the first (Node ${process.versions.node})`);
    console.log(
      textTable(
        ['server', 'tools', 'first ms', 'median ms', 'p95 ms', 'resident MB'],
        costs.map(({ server, tools, firstMs, medianMs, p95Ms, residentMb: mb }) => [
          server,
          String(tools),
          firstMs.toFixed(1),
          medianMs.toFixed(2),
          p95Ms.toFixed(2),
          String(mb ?? '?'),
        ]),
      ),
    );
    return costs;
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}
