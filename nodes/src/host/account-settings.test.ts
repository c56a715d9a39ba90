import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readAccountSettings } from './account-settings.ts';
import { shareOfLimits } from './plan-limits.ts';

const settingsOf = (fields: object, vendor: 'rendobar' | 'phantomflow' = 'phantomflow') =>
  readAccountSettings({ getCredentials: async () => ({ apiKey: ' ve_live_1 ', ...fields }) }, vendor);

describe('the settings of an account', () => {
  it.each([
    ['phantomflow', 'free', 10, 2],
    ['phantomflow', 'starter', 60, 5],
    ['phantomflow', 'pro', 120, 10],
    ['rendobar', 'free', 120, 1],
    ['rendobar', 'pro', 600, 20],
  ] as const)('are those of the %s plan "%s" of its page', async (vendor, plan, requestsPerMinute, concurrentJobs) => {
    expect(await settingsOf({ plan }, vendor)).toEqual({
      apiKey: 've_live_1',
      limits: { requestsPerMinute, concurrentJobs },
    });
  });

  it('are what the credential states where the plan has no numbers of its own', async () => {
    const stated = { plan: 'enterprise', concurrentJobs: 40, requestsPerMinute: 900, workerProcesses: 4 };
    expect((await settingsOf(stated)).limits).toEqual({ concurrentJobs: 10, requestsPerMinute: 225 });
    expect((await settingsOf({ plan: 'custom', concurrentJobs: 0 }, 'rendobar')).limits.concurrentJobs).toBe(1);
  });

  it('leave out what is blank, and carry a gateway and a secret', async () => {
    expect(await settingsOf({ baseUrl: ' ', signingSecret: '' })).not.toHaveProperty('baseUrl');
    const given = { baseUrl: 'http://127.0.0.1:8787/phantomflow', signingSecret: 'cbsec_1' };
    expect(await settingsOf(given)).toMatchObject(given);
  });
});

it('is a typed error where n8n has no credential to give', async () => {
  const getCredentials = () => Promise.reject(new Error('Node does not have any credentials set'));
  await expect(readAccountSettings({ getCredentials }, 'rendobar')).rejects.toMatchObject({
    record: { code: 'UNAUTHENTICATED', field: 'credentials', provider: 'rendobar', category: 'account' },
  });
});

it('several processes together never take more than the limits, unless one each is more', () => {
  const limit = fc.integer({ min: 1, max: 10_000 });
  fc.assert(
    fc.property(limit, limit, fc.integer({ min: 1, max: 64 }), (requestsPerMinute, concurrentJobs, processes) => {
      const share = shareOfLimits({ requestsPerMinute, concurrentJobs }, processes);
      expect(share.requestsPerMinute * processes).toBeLessThanOrEqual(Math.max(requestsPerMinute, processes));
      expect(share.concurrentJobs * processes).toBeLessThanOrEqual(Math.max(concurrentJobs, processes));
      expect(Math.min(share.requestsPerMinute, share.concurrentJobs)).toBeGreaterThanOrEqual(1);
    }),
  );
  expect(shareOfLimits({ requestsPerMinute: 10, concurrentJobs: 2 }, Number.NaN).requestsPerMinute).toBe(10);
});
