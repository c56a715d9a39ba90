import { setTimeout as pause } from 'node:timers/promises';
import { Client as ModernClient, StreamableHTTPClientTransport as ModernHttp } from '@modelcontextprotocol/client';
import { Client as OldClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as OldHttp } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { randomStream } from '../simulator/random.ts';
import type { Json, ToolCaller } from './caller.ts';
import { openModernSdk, openOldSdk } from './callers/sdk.ts';
import { type CountingVendor, digestOf, type Plan, startCountingVendor } from './counting-vendor.ts';
import { type HttpServer, startHttpServer } from './http-server.ts';
import { ENDLESS } from './own-errors.ts';
import { structureOf } from './read-error.ts';
import { startRowVendor } from './row-vendor.ts';
import { requestFor } from './rows.ts';
import { freshHome, stdioServer } from './stage.ts';

const RENDER_MS = 2_000;
const PLAN: Plan = {
  requestsPerMinute: 1_000,
  requestsPerSecond: 30,
  concurrentJobs: 2,
  renderMs: [RENDER_MS, RENDER_MS],
  slotLagMs: 0,
};
const REQUEST = requestFor({ provider: 'phantomflow', name: 'long' });

let vendor: CountingVendor;
let folder: ReturnType<typeof freshHome>;
beforeEach(async () => {
  folder = freshHome();
  vendor = await startCountingVendor('phantomflow', PLAN, randomStream(1, 'long'));
});
afterEach(async () => {
  await vendor.close();
  await folder.remove();
});
const settings = () => ({ PHANTOMFLOW_BASE_URL: vendor.url, RENDOBAR_API_KEY: '', RENDERQ_LOG: 'info' });

async function submit(caller: ToolCaller, request: Json = REQUEST): Promise<string> {
  const jobId = structureOf(await caller.call('submit_render', { provider: 'phantomflow', request })).job?.id;
  if (jobId === undefined) throw new Error('No job was made.');
  return jobId;
}

async function expectRendered(caller: ToolCaller, jobId: string): Promise<void> {
  const seen = structureOf(await caller.call('get_job', { jobId, waitSeconds: 15 }));
  const url = `https://cdn.test/${digestOf(REQUEST)}.mp4`;
  expect(seen.job).toMatchObject({ state: 'succeeded', output: { url } });
  expect([...vendor.renders.values()]).toEqual([1]);
}

const OPENERS = [
  ['SDK 2.x of revision 2026-07-28', (target) => openModernSdk(target, '2026-07-28')],
  ['SDK 2.x of the 2025 revisions', (target) => openModernSdk(target, '2025')],
  ['SDK 1.x', openOldSdk],
] as const satisfies readonly (readonly [string, (target: Parameters<typeof openOldSdk>[0]) => Promise<ToolCaller>])[];

/** Waits for a job and gives up in the middle, the way its protocol says. */
async function giveUp(caller: ToolCaller, jobId: string): Promise<void> {
  const abort = new AbortController();
  const waiting = caller.call('get_job', { jobId, waitSeconds: 30 }, abort.signal);
  const outcome = waiting.then(
    () => 'answered',
    () => 'given up',
  );
  await pause(300);
  abort.abort();
  expect(await outcome).toBe('given up');
}

describe.each(OPENERS)('a client of %s that gives up a wait', (_name, open) => {
  it('on stdio, stops nothing but the wait', async () => {
    const caller = await open(stdioServer(folder.home, settings()));
    try {
      const jobId = await submit(caller);
      await giveUp(caller, jobId);
      await expectRendered(caller, jobId);
    } finally {
      await caller.close();
    }
  });

  it('over HTTP, stops nothing but the wait', async () => {
    const server = await startHttpServer(folder.home, settings());
    const caller = await open({ url: server.url });
    try {
      const jobId = await submit(caller);
      await giveUp(caller, jobId);
      await expectRendered(caller, jobId);
    } finally {
      await caller.close();
      await server.stop();
    }
  });
});

describe('clients that vanish from a wait over HTTP without a word', () => {
  /** More than the server lets one caller have under way: were they never let go, the next would be refused. */
  const MANY = 30;
  const WAIT_S = 10;
  const VANISH_MS = 1_000;

  type Fetch = typeof fetch;

  /** A fetch whose connections break when the signal aborts: nothing is sent any more, not even a cancellation. */
  const breakable =
    (signal: AbortSignal): Fetch =>
    (url, init) =>
      fetch(url, { ...init, signal });

  type Call = { readonly name: string; readonly arguments: Record<string, unknown> };

  /** Clients whose connections break when the signal aborts. */
  const GHOSTS = {
    async '2025 revisions'(url: URL, signal: AbortSignal) {
      const client = new OldClient({ name: 'ghost', version: '1.0.0' });
      const transport = new OldHttp(url, { fetch: breakable(signal) as never });
      await client.connect(transport as Parameters<OldClient['connect']>[0]);
      return (call: Call): Promise<unknown> => client.callTool(call);
    },
    async '2026-07-28'(url: URL, signal: AbortSignal) {
      const mode = { pin: '2026-07-28' } as const;
      const client = new ModernClient({ name: 'ghost', version: '1.0.0' }, { versionNegotiation: { mode } });
      await client.connect(new ModernHttp(url, { fetch: breakable(signal) as never }));
      return (call: Call): Promise<unknown> => client.callTool(call);
    },
  } as const;

  const waitsIn = (server: HttpServer): readonly number[] =>
    server.said
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as { readonly tool?: string; readonly ms?: number })
      .filter(({ tool, ms = 0 }) => tool === 'get_job' && ms > 100)
      .map(({ ms = 0 }) => ms);

  it.each(['2025 revisions', '2026-07-28'] as const)('of the %s are let go at once', async (kind) => {
    // The job outlasts the waits: nothing ends them but their own deadline, or their going.
    const endless = await startRowVendor('phantomflow', ENDLESS);
    const server = await startHttpServer(folder.home, { ...settings(), PHANTOMFLOW_BASE_URL: endless.url });
    const caller = await openModernSdk({ url: server.url }, '2026-07-28');
    try {
      const jobId = await submit(caller, requestFor({ provider: 'phantomflow', name: 'job/endless' }));
      const vanished = new AbortController();
      const call = { name: 'get_job', arguments: { jobId, waitSeconds: WAIT_S } };
      const haunt = () => GHOSTS[kind](new URL(server.url), vanished.signal);
      const calls = await Promise.all(Array.from({ length: MANY }, haunt));
      // Some clients notice a broken connection, some only that their own patience is over: it does not matter here.
      for (const make of calls) make(call).catch(() => {});
      await pause(VANISH_MS);
      vanished.abort();
      await expect.poll(() => waitsIn(server).length).toBe(MANY);
      for (const ms of waitsIn(server)) expect(ms).toBeLessThan(WAIT_S * 1_000);
      const again = await Promise.all(calls.map(() => caller.call('get_job', { jobId })));
      expect(again.filter(({ isError }) => isError)).toEqual([]);
    } finally {
      await caller.close();
      await server.stop();
      await endless.close();
    }
  });
});
