import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { connectN8n } from '../harness/n8n-client.ts';
import { type N8nHost, startN8nHost } from '../harness/n8n-host.ts';
import { startParked } from '../harness/parked-run.ts';
import { findPrograms } from '../harness/prerequisites.ts';
import { type Redis, startRedis } from '../harness/redis.ts';
import { flowOf, REQUESTS, renderNode } from '../harness/render-nodes.ts';
import { openStage, type Stage } from '../harness/stage.ts';
import { startVendorStandIn, type VendorStandIn } from '../harness/vendor-stand-in.ts';

const SECRET = 'cbsec_of_the_queue';
let redis: Redis;
let host: N8nHost;
let stage: Stage;
let vendor: VendorStandIn;

beforeAll(async () => {
  const { redisServer } = findPrograms();
  if (redisServer === undefined) throw new Error('No Redis.');
  const { postgres, tarball, outsideCalls } = inject('house');
  redis = await startRedis(redisServer);
  host = await startN8nHost({
    major: 2,
    database: 'queue',
    postgres,
    tarball,
    outsideCalls,
    queue: { redisPort: redis.port, workers: 2 },
  });
  stage = await openStage(await connectN8n(host.url, 2));
  vendor = await startVendorStandIn();
}, 400_000);
afterAll(async () => {
  await vendor?.close();
  await stage?.close();
  await host?.stop();
  await redis?.stop();
});

/** How many executions each worker says that it has finished. */
const finished = () =>
  host
    .outputs()
    .slice(1)
    .map((output) => [...output.matchAll(/finished execution (\d+)/gi)].length);

describe('queue mode with two workers', () => {
  it('renders on both, and keeps the account inside its limits by the share of each', {
    timeout: 180_000,
  }, async () => {
    const key = 've_test_starter_queue';
    // Five jobs at a time and sixty requests a minute, for two processes.
    const credentials = await stage.credential('phantomflow', key, { plan: 'starter', workerProcesses: 2 });
    const node = renderNode({
      name: 'Render',
      provider: 'phantomflow',
      action: 'render.renderAndWait',
      credentials,
      parameters: { movie: JSON.stringify(REQUESTS.phantomflow) },
    });
    const workflow = await stage.n8n.createWorkflow(flowOf(node));
    const ids = await Promise.all(Array.from({ length: 12 }, () => stage.n8n.start(workflow)));
    const ends = await Promise.all(ids.map((id) => stage.n8n.waitFor(id, undefined, 150_000)));
    expect(ends.map(({ status }) => status)).toEqual(ids.map(() => 'success'));
    const jobs = ends.map((end) => end.json('Render 0')[0]?.jobId);
    expect(new Set(jobs).size).toBe(12);
    expect((await stage.sandbox.calls()).filter(({ status }) => status === 429)).toEqual([]);
    for (const count of finished()) expect(count).toBeGreaterThan(0);
  });

  it.each(['rendobar', 'phantomflow'] as const)(
    'parks an execution for %s that another process wakes',
    { timeout: 90_000 },
    async (provider) => {
      const apiKey = provider === 'rendobar' ? 'rb_queue' : 've_live_queue';
      const credentials = await stage.credential(provider, apiKey, {
        plan: 'pro',
        baseUrl: vendor.baseUrls[provider],
        ...(provider === 'rendobar' ? { signingSecret: SECRET } : {}),
      });
      const run = await startParked({ n8n: stage.n8n, vendor, provider, apiKey, credentials, count: 2 });
      for (const { id } of run.jobs) {
        vendor.end(id);
        expect(await vendor.tell(id, provider === 'rendobar' ? { secret: SECRET } : {})).toBe(200);
      }
      const end = await run.end();
      expect(end.json('Wait 0')).toMatchObject(run.jobs.map(({ id }) => ({ jobId: id, state: 'succeeded' })));
    },
  );
});
