import { describe, expect, it } from 'vitest';
import { boundsOf } from './bounds.ts';
import { PROFILES, type ProfileName } from './profiles.ts';
import { createStage } from './scenario.ts';
import { NO_LATENCY } from './vendor-options.ts';
import { createVirtualClock } from './virtual-clock.ts';

describe('the bounds', () => {
  it('hand the jobs in their order to the slot that is free first', () => {
    const free = PROFILES['phantomflow-free'];
    expect(boundsOf(free, [3_000, 1_000, 1_000, 1_000]).physicalMs).toBe(3_000);
    expect(boundsOf(free, [1_000, 1_000, 1_000, 3_000]).physicalMs).toBe(4_000);
    expect(boundsOf({ ...free, concurrentJobs: 100 }, new Array(21).fill(1_000)).physicalMs).toBe(120_000);
  });

  // Jobs per minute that one list look for all can sustain: the table of the theory.
  it.each<[ProfileName, number, number, number]>([
    ['phantomflow-free', 12, 10, 6.1],
    ['phantomflow-free', 45, 2.67, 2.45],
    ['phantomflow-free', 120, 1, 0.97],
    ['phantomflow-starter', 30, 10, 9.8],
    ['phantomflow-pro', 30, 20, 19.8],
  ])(
    '%s, %i s jobs: polling cannot keep up with %f jobs a minute, only with %f',
    (profile, seconds, physical, polled) => {
      const { physicalMs, pollAwareMs } = boundsOf(PROFILES[profile], new Array(200).fill(seconds * 1_000));
      expect(pollAwareMs / physicalMs).toBeCloseTo(physical / polled, 2);
    },
  );

  it('do not make a client wait for its looks where the server queues', () => {
    const { physicalMs, pollAwareMs } = boundsOf(PROFILES['rendobar-pro'], new Array(200).fill(30_000));
    expect(pollAwareMs).toBe(physicalMs);
  });
});

it('the ledger sees what was lost, made twice, mixed up, called ended too early or forgotten', async () => {
  const clock = createVirtualClock();
  const scenario = { profile: 'phantomflow-pro', jobs: 6, seed: 1, meanSeconds: 30, latency: NO_LATENCY } as const;
  const stage = createStage({ ...scenario, variation: 0 }, clock);
  const { vendor, ledger } = stage;
  for (const item of [0, 0, 1, 2, 3]) {
    const body = JSON.stringify(stage.requestOf(item));
    await clock.run(vendor.handle({ method: 'POST', path: '/api/render', body }));
  }
  const [first, , second, third, fourth] = vendor.jobs.map(({ id }) => id);
  ledger.ended(3, fourth ?? '');
  await clock.run(clock.sleep(32_000));
  ledger.ended(0, first ?? '');
  await clock.run(clock.sleep(8_000));
  ledger.ended(1, third ?? '');
  ledger.ended(2, second ?? '');
  ledger.lost(4, 'NETWORK');
  const score = stage.score();
  expect(score).toMatchObject({ finished: 4, lost: 2, duplicates: 1, misassigned: 2, untrue: 1, makespanMs: 40_000 });
  expect(score.losses).toEqual({ NETWORK: 1, forgotten: 1 });
  expect(score.meanDelayMs).toBe(22_000 / 3);
  expect(score.p95DelayMs).toBe(10_000);
  expect(score.requestsPerJob).toBe(5 / 6);
});
