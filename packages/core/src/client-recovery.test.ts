import { describe, expect, it } from 'vitest';
import { COMMAND, rejection, setStage } from './testing/scripted-client.ts';
import { errorAnswer } from './testing/scripted-transport.ts';

const broke = errorAnswer(402, 'INSUFFICIENT_CREDITS', { required: 4, balance: 0 });

describe('submits that may go side by side', () => {
  it('go one at a time after a pause for want of credits, until one is accepted', async () => {
    let jobs = 0;
    let isBroke = true;
    const { clock, client, wire } = setStage(
      'rendobar',
      () =>
        ({ method }) => {
          if (method !== 'POST') return { body: { data: [] } };
          jobs += 1;
          return isBroke ? broke : { status: 201, body: { data: { id: `job_${jobs}`, status: 'waiting' } } };
        },
      { limits: { requestsPerMinute: 6_000, concurrentJobs: 20 } },
    );
    expect((await clock.run(rejection(client.submit(COMMAND)))).code).toBe('INSUFFICIENT_CREDITS');
    // The first of these is somebody asking now; the others come while it is on the wire.
    const outcomes = Promise.allSettled(Array.from({ length: 12 }, () => client.submit(COMMAND)));
    await clock.advance(1_000);
    expect(wire.requests).toHaveLength(2);
    await clock.advance(5_000);
    expect(wire.requests).toHaveLength(3);
    isBroke = false;
    await clock.advance(11_000);
    expect(
      (await clock.run(outcomes)).map(({ status }) => status).filter((status) => status === 'rejected'),
    ).toHaveLength(2);
    expect(wire.requests).toHaveLength(13);
  });
});
