import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { randomStream } from '../simulator/random.ts';
import type { Answer, ToolCaller } from './caller.ts';
import { openModernSdk, openOldSdk } from './callers/sdk.ts';
import { type CountingVendor, digestOf, type Plan, startCountingVendor } from './counting-vendor.ts';
import { followJob, structureOf } from './read-error.ts';
import { requestFor } from './rows.ts';
import { sideBySide } from './side-by-side.ts';
import { freshHome, stdioServer } from './stage.ts';
import { PROVIDERS, type Provider } from './vendor-dialects.ts';

const PLAN: Plan = {
  requestsPerMinute: 1_000,
  requestsPerSecond: 30,
  concurrentJobs: 2,
  renderMs: [100, 300],
  slotLagMs: 0,
};
const JOBS_OF_EACH = 8;

/** Two hosts of one user, for example an editor and a chat program: each starts a server of its own on the same data. */
interface Stage {
  readonly editor: ToolCaller;
  readonly chat: ToolCaller;
  readonly vendors: Readonly<Record<Provider, CountingVendor>>;
  close(): Promise<void>;
}

async function setStage(): Promise<Stage> {
  const { home, remove } = freshHome();
  const start = (provider: Provider) => startCountingVendor(provider, PLAN, randomStream(7, provider));
  const vendors = { rendobar: await start('rendobar'), phantomflow: await start('phantomflow') };
  const server = stdioServer(home, {
    RENDOBAR_BASE_URL: vendors.rendobar.url,
    PHANTOMFLOW_BASE_URL: vendors.phantomflow.url,
  });
  const [editor, chat] = await Promise.all([openOldSdk(server), openModernSdk(server, '2026-07-28')]);
  return {
    editor,
    chat,
    vendors,
    async close() {
      await Promise.all([editor.close(), chat.close()]);
      await Promise.all(Object.values(vendors).map((vendor) => vendor.close()));
      await remove();
    },
  };
}

let stage: Stage;
beforeEach(async () => {
  stage = await setStage();
});
afterEach(() => stage?.close());

const submission = (provider: Provider, name: string) => ({
  provider,
  request: requestFor({ provider, name }),
  label: name,
  idempotencyKey: name,
});
const urlOf = (provider: Provider, name: string) => `https://cdn.test/${digestOf(requestFor({ provider, name }))}.mp4`;
const jobOf = (answer: Answer) => structureOf(answer).job;

describe.each(PROVIDERS)('two servers on one data folder, at %s', (provider) => {
  it('show each other’s jobs, to their end', async () => {
    const { editor, chat } = stage;
    const submitted = await editor.call('submit_render', submission(provider, 'shared'));
    const jobId = jobOf(submitted)?.id ?? '';
    const seen = await followJob(chat, await chat.call('get_job', { jobId }));
    expect(jobOf(seen)).toMatchObject({ id: jobId, state: 'succeeded', output: { url: urlOf(provider, 'shared') } });
    const { structured } = await chat.call('list_jobs');
    expect(structured?.jobs).toMatchObject([{ id: jobId, label: 'shared', state: 'succeeded' }]);
  });

  it('render one film for one idempotency key that reaches both at the same time', async () => {
    const { editor, chat, vendors } = stage;
    const names = Array.from({ length: 6 }, (_, index) => `key-${index}`);
    await sideBySide(names.length, names, async (name) => {
      const each = submission(provider, name);
      const [atEditor, atChat] = await Promise.all([
        editor.call('submit_render', each),
        chat.call('submit_render', each),
      ]);
      const jobs = [atEditor, atChat].map(jobOf);
      expect(jobs[0]?.id).toMatch(/\w/);
      expect(jobs[1]?.id).toBe(jobs[0]?.id);
      expect(jobs.filter((job) => job?.deduplicated)).toHaveLength(1);
      const ends = await Promise.all([followJob(editor, atEditor), followJob(chat, atChat)]);
      for (const end of ends) expect(jobOf(end)?.output?.url).toBe(urlOf(provider, name));
    });
    expect([...vendors[provider].renders.values()]).toEqual(names.map(() => 1));
  });

  it('finish everything when one of them is closed in the middle', async () => {
    const { editor, chat, vendors } = stage;
    const names = Array.from({ length: JOBS_OF_EACH * 2 }, (_, index) => `job-${index}`);
    const submitted = new Map<string, Answer>();
    await sideBySide(names.length, names, async (name) => {
      const caller = names.indexOf(name) % 2 === 0 ? editor : chat;
      submitted.set(name, await caller.call('submit_render', submission(provider, name)));
    });
    await editor.close();
    await sideBySide(names.length, names, async (name) => {
      const end = await followJob(chat, submitted.get(name) ?? { isError: true, text: '' });
      expect(jobOf(end)).toMatchObject({ state: 'succeeded', output: { url: urlOf(provider, name) } });
    });
    const { renders, peakJobs } = vendors[provider];
    expect([...renders.values()]).toEqual(names.map(() => 1));
    expect(peakJobs).toBeLessThanOrEqual(PLAN.concurrentJobs);
  });
});

describe('two servers with data folders of their own, for example on two machines', () => {
  it('meet at Rendobar under one idempotency key: the second gets the film of the first, which was rendered once', async () => {
    const { editor, vendors } = stage;
    const { home, remove } = freshHome();
    const elsewhere = await openOldSdk(stdioServer(home, { RENDOBAR_BASE_URL: vendors.rendobar.url }));
    try {
      const first = await followJob(editor, await editor.call('submit_render', submission('rendobar', 'far')));
      const second = await followJob(elsewhere, await elsewhere.call('submit_render', submission('rendobar', 'far')));
      for (const end of [first, second])
        expect(jobOf(end)).toMatchObject({ state: 'succeeded', output: { url: urlOf('rendobar', 'far') } });
      expect([...vendors.rendobar.renders.values()]).toEqual([1]);
    } finally {
      await elsewhere.close();
      await remove();
    }
  });
});
