import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { type StandIn, startStandIn } from '../journeys/mcp/stand-in.ts';
import { nextOf, walk } from './agent.ts';
import { openModernSdk, openOldSdk } from './callers/sdk.ts';
import { startHost } from './host.ts';
import { structureOf } from './read-error.ts';
import { freshHome, stdioServer } from './stage.ts';
import { json, refused } from './vendor-dialects.ts';

const RENDER_MS = 4_000;
const LINK_MS = 1_500;

interface FragileVendor {
  readonly standIn: StandIn;
  /** Resolves when it has accepted its first job. */
  readonly accepted: Promise<void>;
  readonly renders: number;
}

/**
 * A vendor that refuses the first submit for its rate, takes its time to render, and gives out links that soon expire:
 * each look gives a fresh one.
 */
async function startFragileVendor(): Promise<FragileVendor> {
  const jobs = new Map<string, { readonly id: string; readonly endsAt: number }>();
  const links = new Map<string, number>();
  const accepted = Promise.withResolvers<void>();
  let submits = 0;

  const view = ({ id, endsAt }: { readonly id: string; readonly endsAt: number }): object => {
    if (Date.now() < endsAt) return { id, type: 'ffmpeg', status: 'running' };
    const link = randomUUID();
    const expiresAt = Date.now() + LINK_MS;
    links.set(link, expiresAt);
    const file = { url: `${standIn.url}/dl/${link}`, path: 'b.mp4', type: 'video', size: 10 };
    return { id, type: 'ffmpeg', status: 'complete', output: { data: null, file, files: [file], expiresAt } };
  };

  const standIn = await startStandIn(({ method, path, body }) => {
    if (method === 'POST' && path === '/jobs') {
      submits += 1;
      const key = String(body.idempotencyKey);
      const known = jobs.get(key);
      if (known) return json(200, { data: { ...view(known), idempotent: true } });
      if (submits === 1) return { ...refused(429, 'RATE_LIMITED'), headers: { 'retry-after': '2' } };
      const job = { id: `job_${randomUUID().replaceAll('-', '')}`, endsAt: Date.now() + RENDER_MS };
      jobs.set(key, job);
      accepted.resolve();
      return json(201, { data: { id: job.id, status: 'waiting' } });
    }
    const link = /^\/dl\/(.+)$/.exec(path)?.[1];
    if (link !== undefined) {
      const isAlive = (links.get(link) ?? 0) > Date.now();
      return isAlive ? { status: 200, type: 'video/mp4', raw: 'the film' } : refused(403, 'FORBIDDEN');
    }
    const all = [...jobs.values()];
    if (path === '/jobs') return json(200, { data: all.map(view), meta: { total: all.length } });
    const job = all.find(({ id }) => path === `/jobs/${id}`);
    return job && json(200, { data: view(job) });
  });
  return {
    standIn,
    accepted: accepted.promise,
    get renders() {
      return jobs.size;
    },
  };
}

describe('an agent that follows nothing but nextAction', () => {
  it('gets its film through a bad request, a rate limit, two crashes of the server and an expired link', async () => {
    const vendor = await startFragileVendor();
    const { home, remove } = freshHome();
    const server = stdioServer(home, { RENDOBAR_BASE_URL: vendor.standIn.url, PHANTOMFLOW_API_KEY: '' });
    let lives = 0;
    const host = await startHost(() => {
      lives += 1;
      return lives % 2 === 1 ? openOldSdk(server) : openModernSdk(server, '2026-07-28');
    });
    try {
      // While the vendor renders, and so in the middle of the agent's wait for it.
      const second = vendor.accepted.then(() => host.kill());
      const steps = await walk(
        { tool: 'submit_render', arguments: { provider: 'rendobar', request: { params: {} } } },
        {
          call: host.call,
          async before({ tool }) {
            // While the rate limit is waited out.
            if (tool === 'get_job' && host.kills === 0) await host.kill();
          },
        },
      );
      await second;
      const [first] = steps;
      expect(first && structureOf(first.answer).error).toMatchObject({
        code: 'INVALID_REQUEST',
        field: 'request.type',
      });
      const submitted = steps.find(({ call, answer }) => call.tool === 'submit_render' && !answer.isError);
      expect(submitted && structureOf(submitted.answer).job).toMatchObject({
        state: 'queued',
        queue: { error: { code: 'RATE_LIMITED' } },
      });
      expect(host.kills).toBe(2);

      const last = steps.at(-1);
      const done = last && structureOf(last.answer).job;
      expect(done).toMatchObject({ state: 'succeeded' });
      await expect.poll(async () => (await fetch(done?.output?.url ?? '')).status).toBe(403);

      // The last call once more is all that it takes.
      const again = await walk(last?.call ?? { tool: '', arguments: {} }, { call: host.call });
      const fresh = structureOf(again.at(-1)?.answer ?? { isError: true, text: '' }).job?.output?.url ?? '';
      expect(await (await fetch(fresh)).text()).toBe('the film');
      expect(vendor.renders).toBe(1);
      expect(nextOf(again.at(-1)?.answer ?? { isError: true, text: '' })).toBeUndefined();
    } finally {
      await host.close();
      await vendor.standIn.close();
      await remove();
    }
  });
});
