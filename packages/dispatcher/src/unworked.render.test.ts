import { RenderError } from '@renderq/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSharedHome, type SharedHome } from './__fixtures__/shared-home.ts';
import { settle } from './__fixtures__/virtual-clock.ts';

let home: SharedHome;
beforeEach(() => {
  home = createSharedHome(true);
});
afterEach(() => home.close());

const faultOf = (call: Promise<unknown>): Promise<RenderError> =>
  call.then(
    () => {
      throw new Error('expected a fault');
    },
    (fault: RenderError) => fault,
  );

describe('the jobs of an account whose key is configured no longer', () => {
  it('say so, and are cancelled without it where they were never sent', async () => {
    const first = home.start();
    home.fate = 'held';
    const { id } = await first.submit();
    first.kill();
    home.fate = 'answered';
    const second = home.start({ id: 'another-account' });
    expect(await second.dispatcher.get(id)).toMatchObject({
      state: 'queued',
      watch: { error: { code: 'UNAUTHENTICATED', remedy: expect.stringContaining('API key') } },
    });
    expect((await second.dispatcher.cancel(id)).state).toBe('cancelled');
    // The old key comes back: nothing is sent any more.
    second.kill();
    const third = home.start();
    expect((await third.dispatcher.get(id)).state).toBe('cancelled');
    await settle();
    expect(home.rendered).toEqual([]);
  });

  it('that the provider has are cancelled as soon as the key is back, and the caller is told', async () => {
    const first = home.start();
    const { id } = await first.submit();
    await settle();
    first.kill();
    const second = home.start({ id: 'another-account' });
    const fault = await faultOf(second.dispatcher.cancel(id));
    expect(fault.record).toMatchObject({
      code: 'UNAUTHENTICATED',
      jobId: id,
      remedy: expect.stringContaining('The cancellation is noted'),
    });
    expect(second.fake.cancels).toEqual([]);
    second.kill();
    const third = home.start();
    await third.dispatcher.list({ limit: 1 });
    await settle();
    expect(third.fake.cancels).toEqual(['remote-1']);
    expect((await third.dispatcher.get(id)).state).toBe('cancelled');
  });
});

describe('a job in doubt that another process could look for', () => {
  it('is answered for at once, and its owner looks once', async () => {
    home.close();
    home = createSharedHome(false);
    const owner = home.start();
    owner.fake.onSubmit = async (_id, options) => {
      options.onSend?.();
      throw new RenderError({ code: 'SUBMIT_OUTCOME_UNKNOWN', message: 'lost', provider: 'fake' });
    };
    const { id } = await owner.submit();
    await settle();
    const reader = home.start();
    for (let at = 0; at < 3; at += 1) {
      // The clock stands still: an answer that waits for time never comes.
      expect((await reader.dispatcher.get(id)).error?.code).toBe('SUBMIT_OUTCOME_UNKNOWN');
    }
    await home.pass(400);
    expect(owner.fake.settles).toHaveLength(1);
  });
});

describe('close', () => {
  it('is one work, however often it is asked for', async () => {
    const one = home.start();
    expect(one.dispatcher.close()).toBe(one.dispatcher.close());
    await one.dispatcher.close();
  });
});
