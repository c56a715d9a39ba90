import { describe, expect, it } from 'vitest';
import type { AccountState } from '../contract/account-state.ts';
import { RenderError } from '../errors/render-error.ts';
import { inTurn } from '../testing/answers.ts';
import { createPhantomServer } from '../testing/phantom-server.ts';
import { MOVIE, rejection, setStage, TEST_KEY } from '../testing/scripted-client.ts';
import { errorAnswer } from '../testing/scripted-transport.ts';
import { describeState } from './describe-state.ts';

const at = Date.UTC(2026, 0, 1, 12);
const IDLE: AccountState = {
  provider: 'phantomflow',
  baseUrl: 'https://api.phantomflow.dev',
  window: { requestsPerMinute: 60 },
  slots: { capacity: 5, allowed: 5, taken: 0, foreign: 0, jobs: [] },
  queue: { waiting: 0, owners: 0 },
  watched: { jobs: 0 },
};

describe('describeState', () => {
  it('says of an idle account that it is idle', () => {
    expect(describeState(IDLE)).toBe(
      'phantomflow at https://api.phantomflow.dev: 0 of 5 slots taken, nothing waiting, 60 requests a minute, nothing watched.',
    );
  });

  it('says what holds everything up, and until when', () => {
    const error = new RenderError({ code: 'INSUFFICIENT_CREDITS', message: 'Not enough credits.' }).record;
    const text = describeState({
      ...IDLE,
      window: { requestsPerMinute: 60, remaining: 41, resetsAt: at + 180_000, closedUntil: at + 7_000 },
      slots: { capacity: 5, allowed: 4, taken: 3, foreign: 1, jobs: ['job-1', 'job-2', 'job-3'] },
      queue: { waiting: 12, owners: 3, heldBy: 'credits', nextAttemptAt: at + 60_000, error },
      watched: { jobs: 3, nextLookAt: at + 2_000 },
      downUntil: at + 5_000,
    });
    expect(text.split('\n')).toMatchInlineSnapshot(`
      [
        "phantomflow at https://api.phantomflow.dev: 3 of 5 slots taken (1 more by other programs; 4 believed to be ours), 12 waiting for 3 owners (credits: the credits are spent; next attempt at 2026-01-01T12:01:00Z), 41 of 60 requests left until 2026-01-01T12:03:00Z, 3 watched, next look at 2026-01-01T12:00:02Z.",
        "No request passes before 2026-01-01T12:00:07Z.",
        "The provider counts as down until 2026-01-01T12:00:05Z.",
        "INSUFFICIENT_CREDITS: Not enough credits. Top up the account's credits, then submit again.",
      ]
    `);
  });

  it('tells of a real account as it fills up', async () => {
    const limits = { requestsPerMinute: 60, concurrentJobs: 2 };
    const { clock, client } = setStage(
      'phantomflow',
      (time) => createPhantomServer(time, { ...limits, jobMs: 30_000 }).handle,
      { limits },
    );
    const submits = Promise.all(['a', 'b', 'a', 'b', 'a'].map((owner) => client.submit(MOVIE, { owner })));
    await clock.advance(1_000);
    expect(describeState(client.state())).toContain(
      '2 of 2 slots taken, 3 waiting for 2 owners (slot: every job slot is taken',
    );
    await clock.run(submits);
    expect(describeState(client.state())).toContain('nothing waiting');
  });

  it('shows neither the key nor a time that no date can hold', async () => {
    const { clock, client } = setStage(
      'phantomflow',
      inTurn(errorAnswer(500, 'INTERNAL_ERROR', { message: TEST_KEY })),
    );
    await clock.run(rejection(client.submit(MOVIE)));
    const text = describeState({ ...client.state(), downUntil: 1e300 });
    expect(text).not.toContain(TEST_KEY);
    expect(text).toContain('down until an unknown time');
  });
});
