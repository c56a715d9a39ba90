import { describe, expect, it } from 'vitest';
import { createFakeHost, type FakeAnswer } from '../testing/fake-host.ts';
import { openPhantomFlow } from './open-account.ts';

const SETTINGS = { apiKey: 've_test_shared_account', limits: { requestsPerMinute: 6000, concurrentJobs: 2 } };
const JOB = { body: { job_id: 'pf-1', status: 'processing' } };

describe('the account of two executions of one process', () => {
  it('is one: what the first has taken, the second sees', async () => {
    const host = createFakeHost(({ method }) => (method === 'POST' ? { ...JOB, status: 202 } : JOB));
    const settings = { ...SETTINGS, apiKey: 've_test_one_account' };
    const [first, second] = [1, 2].map(() => openPhantomFlow(settings, { helpers: { httpRequest: host.request } }));
    await first?.submit({ scenes: [{}] }, { checkAgainst: 'none' });
    expect(second?.state().slots).toMatchObject({ taken: 1, capacity: 2 });
  });

  it('goes on for one of them when the other is stopped', async () => {
    const answers: ((answer: FakeAnswer) => void)[] = [];
    const host = createFakeHost(() => new Promise<FakeAnswer>((resolve) => answers.push(resolve)));
    const open = () => openPhantomFlow(SETTINGS, { helpers: { httpRequest: host.request } });
    const [one, other] = [open(), open()];
    const over = new AbortController();
    const stopped = one.get('pf-1', { signal: over.signal }).catch((error) => error);
    const going = other.get('pf-1');
    await expect.poll(() => answers.length).toBeGreaterThan(0);
    over.abort();
    expect(await stopped).toMatchObject({ code: 'CANCELLED' });
    await expect.poll(() => answers.length).toBeGreaterThan(1);
    for (const answer of answers) answer(JOB);
    expect(await going).toMatchObject({ id: 'pf-1', state: 'running' });
  });
});
