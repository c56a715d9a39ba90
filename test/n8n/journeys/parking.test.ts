import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ParkedRunSpec, startParked, startWaiting, WAITER } from '../harness/parked-run.ts';
import { flowOf, REQUESTS, renderNode } from '../harness/render-nodes.ts';
import { openStage, type Provider, type Stage } from '../harness/stage.ts';
import { startVendorStandIn, type VendorStandIn } from '../harness/vendor-stand-in.ts';

const SECRET = 'cbsec_of_the_journeys';
let stage: Stage;
let vendor: VendorStandIn;
/** Nobody ever calls back: it takes n8n a minute or two to wake them, and the others run meanwhile. */
let forgotten: ReturnType<typeof startParked>;
let forgottenOnce: ReturnType<typeof startParked>;

beforeAll(async () => {
  stage = await openStage();
  vendor = await startVendorStandIn();
  const spec = await specOf('phantomflow', 've_live_forgotten');
  // Four seconds more than the shortest time that is worth parking for.
  const short = { onError: 'continueErrorOutput', maxWaitMinutes: 1.15 } as const;
  forgotten = startParked({ ...spec, ...short, count: 2 });
  const once = await specOf('phantomflow', 've_live_forgotten_once');
  forgottenOnce = startParked({ ...once, ...short, count: 3, executeOnce: true });
});
afterAll(async () => {
  await vendor.close();
  await stage.close();
});

let accounts = 0;

/** An account of its own for a test: nothing that happens to it is met by the next one. */
async function specOf(provider: Provider, apiKey?: string): Promise<ParkedRunSpec> {
  accounts += 1;
  const key = apiKey ?? `${provider === 'rendobar' ? 'rb' : 've_live'}_parking_${accounts}`;
  const credentials = await stage.credential(provider, key, {
    plan: 'pro',
    baseUrl: vendor.baseUrls[provider],
    ...(provider === 'rendobar' ? { signingSecret: SECRET } : {}),
  });
  return { n8n: stage.n8n, vendor, provider, apiKey: key, credentials };
}

/** What the provider says of itself: Rendobar signs, PhantomFlow does not. */
const signedBy = (provider: Provider) => (provider === 'rendobar' ? { secret: SECRET } : {});

describe.each(['rendobar', 'phantomflow'] as const)('an execution parked for jobs of %s', (provider) => {
  it('sleeps, and goes on with all results in their order once the last callback has come', async () => {
    const spec = await specOf(provider);
    const run = await startParked({ ...spec, count: 3 });
    const shown = await stage.n8n.execution(run.executionId);
    expect(shown.waitTill).toMatch(/^\d{4}-/);
    expect(new Date(shown.waitTill ?? 0).getTime() - Date.now()).toBeGreaterThan(240_000);

    for (const job of [...run.jobs].reverse()) {
      expect(await run.state()).toBe('waiting');
      vendor.end(job.id);
      expect(await vendor.tell(job.id, signedBy(provider))).toBe(200);
    }
    const end = await run.end();
    expect(end.status).toBe('success');
    expect(end.json('Wait 0')).toMatchObject(run.jobs.map(({ id }) => ({ jobId: id, state: 'succeeded' })));
    expect(end.output(WAITER).map((item) => item.pairedItem)).toMatchObject([{ item: 0 }, { item: 1 }, { item: 2 }]);
    expect(end.json('Wait 1')).toEqual([]);
  });

  it('gives each job that failed to the Error output, typed, and the others to the first', async () => {
    const spec = await specOf(provider);
    const run = await startParked({ ...spec, count: 2, onError: 'continueErrorOutput' });
    const [good, bad] = run.jobs;
    const code = provider === 'rendobar' ? 'RUNNER_ERROR' : 'RENDER_FAILED';
    vendor.end(bad?.id ?? '', { code, message: 'exit code 1' });
    vendor.end(good?.id ?? '');
    for (const job of run.jobs) await vendor.tell(job.id, signedBy(provider));
    const end = await run.end();
    expect(end.json('Wait 0')).toMatchObject([{ jobId: good?.id, state: 'succeeded' }]);
    expect(end.json('Wait 1')).toMatchObject([
      { error: { code: 'RENDER_FAILED', providerCode: code, jobId: bad?.id, provider } },
    ]);
  });

  it('ends with an error where a failure is to stop the workflow', async () => {
    const run = await startParked(await specOf(provider));
    const id = run.jobs[0]?.id ?? '';
    vendor.end(id, { code: provider === 'rendobar' ? 'RUNNER_ERROR' : 'RENDER_FAILED', message: 'exit code 1' });
    expect(await vendor.tell(id, signedBy(provider))).toBe(200);
    const end = await run.end();
    expect(end.status).toBe('error');
    expect(end.error?.description).toContain('RENDER_FAILED');
    expect(end.json('Wait 0')).toEqual([]);
  });

  it('does not believe a callback: the job itself still runs', async () => {
    const run = await startParked(await specOf(provider));
    const id = run.jobs[0]?.id ?? '';
    const claims = provider === 'rendobar' ? 'complete' : 'completed';
    expect(await vendor.tell(id, { ...signedBy(provider), claims })).toBe(200);
    expect(await vendor.tell(id, { ...signedBy(provider), claims: 'running' })).toBe(200);
    await sleep(500);
    expect(await run.state()).toBe('waiting');
    vendor.end(id);
    await vendor.tell(id, signedBy(provider));
    expect((await run.end()).json('Wait 0')).toMatchObject([{ jobId: id, state: 'succeeded' }]);
  });

  it('stays asleep at a callback about a job of somebody else, and at an address that was guessed', async () => {
    const run = await startParked(await specOf(provider));
    const job = run.jobs[0];
    const id = job?.id ?? '';
    vendor.end(id);
    expect(await vendor.tell(id, { ...signedBy(provider), aboutJob: 'job_of_another' })).toBe(200);
    const guessed = new URL(job?.callbackUrl ?? '');
    for (const name of [...guessed.searchParams.keys()]) guessed.searchParams.set(name, 'f'.repeat(64));
    expect(await vendor.tell(id, { ...signedBy(provider), url: guessed.href })).toBeGreaterThanOrEqual(400);
    await sleep(500);
    expect(await run.state()).toBe('waiting');
    await vendor.tell(id, signedBy(provider));
    expect((await run.end()).status).toBe('success');
  });

  it('goes on once at callbacks that come twice at the same time, and once more after the end', async () => {
    const run = await startParked(await specOf(provider));
    const id = run.jobs[0]?.id ?? '';
    vendor.end(id);
    const answers = await Promise.all([
      vendor.tell(id, signedBy(provider)),
      vendor.tell(id, signedBy(provider)),
      vendor.tell(id, signedBy(provider)),
    ]);
    expect(answers).toContain(200);
    const end = await run.end();
    expect(end.json('Wait 0')).toMatchObject([{ jobId: id }]);
    expect(end.runs('Wait 0')).toHaveLength(1);
    await vendor.tell(id, signedBy(provider));
    const later = await stage.n8n.execution(run.executionId);
    expect(later.runs('Wait 0')).toHaveLength(1);
  });

  it('does not miss an end that was told of while it was still awake', async () => {
    const run = await startWaiting({ ...(await specOf(provider)), inProcessSeconds: 3 });
    const id = run.jobs[0]?.id ?? '';
    vendor.end(id);
    // n8n refuses it: the execution does not sleep yet.
    expect(await vendor.tell(id, signedBy(provider))).toBeGreaterThanOrEqual(400);
    const end = await run.end();
    expect(end.json('Wait 0')).toMatchObject([{ jobId: id, state: 'succeeded' }]);
  });
});

describe('a node with Execute Once', () => {
  it('wakes with the one item that it was given', async () => {
    const run = await startParked({ ...(await specOf('rendobar')), count: 3, executeOnce: true });
    const id = run.jobs[0]?.id ?? '';
    vendor.end(id);
    await vendor.tell(id, signedBy('rendobar'));
    expect((await run.end()).json('Wait 0')).toMatchObject([{ jobId: id, state: 'succeeded' }]);
  });
});

describe('signed callbacks of Rendobar', () => {
  it('refuses one that is not signed, or with another secret, and sleeps on', async () => {
    const run = await startParked(await specOf('rendobar'));
    const id = run.jobs[0]?.id ?? '';
    expect(run.jobs[0]?.request).toMatchObject({ callback: { verify: true } });
    vendor.end(id);
    expect(await vendor.tell(id)).toBe(401);
    expect(await vendor.tell(id, { secret: 'cbsec_of_a_forger' })).toBe(401);
    await sleep(500);
    expect(await run.state()).toBe('waiting');
    expect(await vendor.tell(id, { secret: SECRET })).toBe(200);
    expect((await run.end()).status).toBe('success');
  });

  it('wakes at those that the sandbox signs and sends by itself', async () => {
    const key = 'rb_sandbox_callbacks';
    const { rendobarUrl } = stage.sandbox;
    const answer = await fetch(`${rendobarUrl}/orgs/current/callback-secret`, {
      headers: { authorization: `Bearer ${key}` },
    });
    const { data } = (await answer.json()) as { data: { secret: string } };
    await stage.sandbox.addFault({
      match: { account: key, method: 'POST', path: '/jobs' },
      do: { job: 'RUNNER_ERROR', afterMs: 3_000 },
    });
    const credentials = await stage.credential('rendobar', key, { plan: 'pro', signingSecret: data.secret });
    const { createWorkflow, start, waitFor } = stage.n8n;
    const node = renderNode({
      name: WAITER,
      provider: 'rendobar',
      action: 'job.renderAndWait',
      credentials,
      onError: 'continueErrorOutput',
      parameters: {
        requestMode: 'json',
        requestJson: JSON.stringify(REQUESTS.rendobar),
        maxWaitMinutes: 5,
        waitOptions: { inProcessSeconds: 0 },
      },
    });
    const id = await start(await createWorkflow(flowOf(node, [{ json: {} }], 2)));
    await waitFor(id, ['waiting']);
    const end = await waitFor(id, undefined, 20_000);
    expect(end.json('Wait 1')).toMatchObject([{ error: { providerCode: 'RUNNER_ERROR', provider: 'rendobar' } }]);
  });
});

describe('a callback that never comes', () => {
  it('leaves a typed time-out for each job, with the id to look at it later', { timeout: 200_000 }, async () => {
    const run = await forgotten;
    const end = await run.end(180_000);
    expect(end.status).toBe('success');
    expect(end.json('Wait 0')).toEqual([]);
    expect(end.json('Wait 1')).toMatchObject(
      run.jobs.map(({ id }) => ({
        error: { code: 'WAIT_TIMEOUT', category: 'renderq', jobId: id, remedy: expect.stringMatching(/Get/) },
      })),
    );
  });

  it('leaves no item that the node was not given', { timeout: 200_000 }, async () => {
    const run = await forgottenOnce;
    const end = await run.end(180_000);
    expect(end.json('Wait 0')).toEqual([]);
    expect(end.json('Wait 1')).toMatchObject([{ error: { code: 'WAIT_TIMEOUT', jobId: run.jobs[0]?.id } }]);
  });
});
