import { describe, expect, it } from 'vitest';
import { inTurn, rendered } from '../testing/answers.ts';
import { rejection, setStage, TEST_KEY } from '../testing/scripted-client.ts';

describe('a refusal by the rate limit inside a 200', () => {
  const refused = {
    headers: { 'retry-after': '20' },
    body: { error: { code: 'RATE_LIMITED', message: 'slower' } },
  };

  it('closes the account for as long as it says, and is not asked for again meanwhile', async () => {
    const { clock, client, wire } = setStage('rendobar', inTurn(refused, rendered));
    const start = clock.now();
    const job = await clock.run(client.get('job_1'));
    expect(job.state).toBe('succeeded');
    expect(wire.requests).toHaveLength(2);
    expect((wire.requests[1]?.at ?? 0) - start).toBeGreaterThanOrEqual(20_000);
  });

  it('is told at once to a caller without patience', async () => {
    const { clock, client, wire } = setStage('rendobar', inTurn(refused));
    const error = await clock.run(rejection(client.get('job_1', { maxQueueMs: 0 })));
    expect(error.record).toMatchObject({ code: 'RATE_LIMITED', attempts: 1 });
    expect(error.record.retryAfterMs).toBeGreaterThanOrEqual(20_000);
    expect(wire.requests).toHaveLength(1);
  });
});

describe('the key in what a server says', () => {
  it('is kept out of every field of an error inside a 200', async () => {
    const error = { code: 'INSUFFICIENT_CREDITS', message: `no funds for ${TEST_KEY}`, field: TEST_KEY };
    const echoing = { headers: { 'x-request-id': TEST_KEY }, body: { error } };
    const { clock, client } = setStage('rendobar', inTurn(echoing));
    const thrown = await clock.run(rejection(client.get('job_1')));
    expect(thrown.code).toBe('INSUFFICIENT_CREDITS');
    expect(JSON.stringify(thrown.record)).not.toContain(TEST_KEY);
  });

  it('is kept out of a state and of the error of a failed job, and the links of an output stay whole', async () => {
    const url = `https://cdn.example/o.mp4?for=${TEST_KEY}`;
    const failed = { id: 'job_1', status: 'failed', error: { code: TEST_KEY, message: 'x', path: TEST_KEY } };
    const odd = { id: 'job_1', status: `held for ${TEST_KEY}`, output: { url } };
    const { clock, client } = setStage('rendobar', inTurn({ body: { data: failed } }, { body: { data: odd } }));
    expect(JSON.stringify(await clock.run(client.get('job_1')))).not.toContain(TEST_KEY);
    const job = await clock.run(client.get('job_1'));
    expect(job.providerState).toBe('held for [redacted]');
    expect(job.output?.url).toBe(url);
  });

  it('is kept out of what a waiter hears of an unknown state', async () => {
    const body = { data: { id: 'job_1', status: `held \u001b[2Jfor ${TEST_KEY} at https://x.example/y?sig=abcdef` } };
    const { clock, client } = setStage('rendobar', inTurn({ body }));
    const error = await clock.run(rejection(client.wait('job_1', { timeoutMs: 3_000 })));
    expect(error.code).toBe('WAIT_TIMEOUT');
    expect(error.message).toMatch(/"held for \[redacted\]/);
    expect(error.message).not.toContain('\u001b');
    expect(error.message).not.toContain('abcdef');
  });
});
