import { afterAll, beforeAll, expect, it } from 'vitest';
import { startParked } from '../harness/parked-run.ts';
import { openStage, type Stage } from '../harness/stage.ts';
import { startVendorStandIn, type VendorStandIn } from '../harness/vendor-stand-in.ts';

const SECRET = 'cbsec_of_the_restart';
let stage: Stage;
let vendor: VendorStandIn;

beforeAll(async () => {
  stage = await openStage();
  vendor = await startVendorStandIn();
});
afterAll(async () => {
  await vendor.close();
  await stage.close();
});

it('an execution sleeps through a restart of n8n and is woken by the next process', { timeout: 180_000 }, async () => {
  const start = async (provider: 'rendobar' | 'phantomflow', apiKey: string) => {
    const credentials = await stage.credential(provider, apiKey, {
      plan: 'pro',
      baseUrl: vendor.baseUrls[provider],
      ...(provider === 'rendobar' ? { signingSecret: SECRET } : {}),
    });
    return startParked({
      n8n: stage.n8n,
      vendor,
      provider,
      apiKey,
      credentials,
      count: 2,
      onError: 'continueErrorOutput',
    });
  };
  const runs = [await start('rendobar', 'rb_restart'), await start('phantomflow', 've_live_restart')];
  // Ended while nobody listens, and told of in vain.
  for (const run of runs) vendor.end(run.jobs[0]?.id ?? '');
  const before = await stage.n8nPid();
  await stage.restartN8n();
  expect(await stage.n8nPid()).not.toBe(before);

  for (const run of runs) {
    expect((await stage.n8n.execution(run.executionId)).status).toBe('waiting');
    const [first, last] = run.jobs;
    vendor.end(last?.id ?? '', { code: 'RENDER_FAILED', message: 'exit code 1' });
    const status = await vendor.tell(last?.id ?? '', first?.provider === 'rendobar' ? { secret: SECRET } : {});
    expect(status).toBe(200);
    const end = await stage.n8n.waitFor(run.executionId);
    expect(end.json('Wait 0')).toMatchObject([{ jobId: first?.id, state: 'succeeded' }]);
    expect(end.json('Wait 1')).toMatchObject([{ error: { jobId: last?.id, providerCode: 'RENDER_FAILED' } }]);
  }
});
