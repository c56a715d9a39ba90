import { describe, expect, it } from 'vitest';
import { digestOf, type Plan } from './counting-vendor.ts';
import { playKilling } from './killing.ts';
import { PROVIDERS } from './vendor-dialects.ts';

const SEED = Number(process.env.RENDERQ_KILL_SEED ?? 20_261_122);
const JOBS = Number(process.env.RENDERQ_KILL_JOBS ?? 100);
/** On a machine that has other things to do. A quiet one takes a minute. */
const LONGEST_MS = 300_000;

/** The smallest plans, which is what the server assumes. Refusals of both sorts are to happen. */
const PLAN: Plan = {
  requestsPerMinute: 1_000,
  requestsPerSecond: 7,
  concurrentJobs: 2,
  renderMs: [50, 300],
  slotLagMs: 300,
};

const CASES = [
  { title: 'a server that is killed every few seconds', servers: 1, jobs: JOBS, everyMs: [2_500, 6_000] },
  {
    title: 'two servers on one data folder that are killed at random',
    servers: 2,
    jobs: Math.ceil(JOBS / 5),
    everyMs: [700, 2_500],
  },
] as const;

describe.concurrent.each(CASES)('$title', ({ title, servers, jobs, everyMs }) => {
  it(
    `renders ${jobs} jobs of each vendor exactly once, and gives each its own result (seed ${SEED})`,
    async () => {
      const startedAt = Date.now();
      await playKilling({ seed: SEED, servers, jobs, everyMs, plan: PLAN }, (outcomes, kills) => {
        for (const provider of PROVIDERS) {
          const { vendor } = outcomes[provider];
          const counts = [...vendor.renders.values()];
          const { refusals, peakJobs } = vendor;
          process.stderr.write(
            `${title}, ${provider}: ${kills} kills in ${Math.round((Date.now() - startedAt) / 1000)} s, ` +
              `${counts.length} of ${jobs} rendered, ${counts.filter((count) => count > 1).length} of them twice; ` +
              `429 for the rate ${refusals.rate} times, for jobs ${refusals.jobs} times; ${peakJobs} jobs at most\n`,
          );
        }
        for (const provider of PROVIDERS) {
          const { vendor, results } = outcomes[provider];
          const wrong = [...results].filter(
            ([{ request }, url]) => url !== `https://cdn.test/${digestOf(request)}.mp4`,
          );
          expect(wrong.map(([{ name }, url]) => [provider, name, url])).toEqual([]);
          expect(results.size).toBe(jobs);
          expect([...vendor.renders.values()]).toEqual(Array.from({ length: jobs }, () => 1));
          expect(vendor.peakJobs).toBeLessThanOrEqual(PLAN.concurrentJobs);
        }
        // Limits that nobody ever met would prove nothing.
        const refusals = PROVIDERS.map((provider) => outcomes[provider].vendor.refusals);
        expect(refusals.reduce((sum, { rate, jobs: slots }) => sum + rate + slots, 0)).toBeGreaterThan(0);
        expect(kills).toBeGreaterThan(servers);
      });
    },
    LONGEST_MS,
  );
});
