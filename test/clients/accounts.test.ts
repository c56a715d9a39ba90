import { describe, expect, it } from 'vitest';
import { randomStream } from '../simulator/random.ts';
import type { ToolCaller } from './caller.ts';
import { openOldSdk } from './callers/sdk.ts';
import { digestOf, startCountingVendor } from './counting-vendor.ts';
import { followJob, structureOf } from './read-error.ts';
import { requestFor } from './rows.ts';
import { freshHome, stdioServer } from './stage.ts';

const PLAN = {
  requestsPerMinute: 1_000,
  requestsPerSecond: 30,
  concurrentJobs: 2,
  renderMs: [50, 50],
  slotLagMs: 0,
} as const;
const REQUEST = requestFor({ provider: 'phantomflow', name: 'same' });

describe.each([
  ['the same request, without a key of its own', {}],
  ['the same request under the same idempotency key', { idempotencyKey: 'same' }],
])('%s', (_title, more) => {
  it('sent to another account a moment later is another job: a rehearsal never stands in for the film', async () => {
    const { home, remove } = freshHome();
    const vendor = await startCountingVendor('phantomflow', PLAN, randomStream(5, 'accounts'));
    const onServer = async (settings: Readonly<Record<string, string>>, act: (caller: ToolCaller) => Promise<void>) => {
      const caller = await openOldSdk(stdioServer(home, settings));
      await act(caller).finally(() => caller.close());
    };
    const submission = { provider: 'phantomflow', request: REQUEST, ...more };
    try {
      let rehearsalId = '';
      let filmId = '';
      const keyless = { RENDOBAR_API_KEY: '', PHANTOMFLOW_API_KEY: '' };
      await onServer(keyless, async (caller) => {
        const { job } = structureOf(await followJob(caller, await caller.call('submit_render', submission)));
        expect(job).toMatchObject({ state: 'succeeded', local: true });
        rehearsalId = job?.id ?? '';
      });
      await onServer({ PHANTOMFLOW_BASE_URL: vendor.url }, async (caller) => {
        const answer = await caller.call('submit_render', submission);
        expect(structureOf(answer).job?.deduplicated).toBeUndefined();
        const { job } = structureOf(await followJob(caller, answer));
        expect(job?.output?.url).toBe(`https://cdn.test/${digestOf(REQUEST)}.mp4`);
        expect(job?.local).toBeUndefined();
        filmId = job?.id ?? '';
        const rehearsal = structureOf(await caller.call('get_job', { jobId: rehearsalId })).job;
        expect(rehearsal).toMatchObject({ state: 'succeeded', local: true });
      });
      await onServer(keyless, async (caller) => {
        const answer = await caller.call('get_job', { jobId: filmId });
        expect(structureOf(answer).job?.local).toBeUndefined();
        expect(answer.text).not.toContain('nothing was sent to or billed');
      });
    } finally {
      await vendor.close();
      await remove();
    }
  });
});
