import { RenderError } from '@renderq/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { codeOf } from './__fixtures__/dispatcher-bench.ts';
import { createSharedHome, type SharedHome } from './__fixtures__/shared-home.ts';
import { settle } from './__fixtures__/virtual-clock.ts';

let home: SharedHome;
afterEach(() => home.close());

describe.each([
  ['with idempotency keys', true],
  ['without idempotency keys', false],
] as const)('jobs on disk, at a provider %s', (_name, keyed) => {
  beforeEach(() => {
    home = createSharedHome(keyed);
  });

  it('are known to the next process with their results', async () => {
    const first = home.start();
    const { id } = await first.submit({ label: 'intro' });
    await settle();
    home.finish('remote-1');
    await settle();
    first.kill();
    const second = home.start();
    expect(await second.dispatcher.get(id)).toMatchObject({ state: 'succeeded', label: 'intro' });
    expect(home.rendered).toHaveLength(1);
  });

  it('that ran are watched to their end by the next process', async () => {
    const first = home.start();
    const { id } = await first.submit();
    await settle();
    first.kill();
    const second = home.start();
    expect((await second.dispatcher.get(id)).state).toBe('running');
    await settle();
    home.finish('remote-1');
    expect((await second.dispatcher.get(id)).state).toBe('succeeded');
    expect(second.fake.submits).toEqual([]);
    expect(second.fake.memories[0]).toMatchObject({ jobIds: ['remote-1'], openJobs: [{ id: 'remote-1' }] });
  });

  it('whose submit had not been sent are sent once by the next process', async () => {
    const first = home.start();
    home.fate = 'held';
    const { id } = await first.submit();
    first.kill();
    home.fate = 'answered';
    const second = home.start();
    await second.dispatcher.list({ limit: 1 });
    await settle();
    expect((await second.dispatcher.get(id)).state).toBe('running');
    expect(home.rendered).toHaveLength(1);
  });

  it('whose submit was on the wire are rendered once, whether it had arrived or not', async () => {
    for (const fate of ['unanswered', 'lost'] as const) {
      const first = home.start();
      home.fate = fate;
      const before = home.rendered.length;
      const { id } = await first.submit();
      await settle();
      expect((await first.dispatcher.get(id)).state).toBe('submitting');
      first.kill();
      home.fate = 'answered';
      const second = home.start();
      await second.dispatcher.list({ limit: 1 });
      await settle();
      expect((await second.dispatcher.get(id)).state).toBe('running');
      expect(home.rendered).toHaveLength(before + 1);
      home.finish(`remote-${before + 1}`);
      expect((await second.dispatcher.get(id)).state).toBe('succeeded');
      await second.dispatcher.close();
    }
  });

  it('of two processes are worked by one of them, and read by both', async () => {
    const [first, second] = [home.start(), home.start()];
    const mine = await first.submit();
    const theirs = await second.submit();
    await home.pass(400);
    expect(first.fake.submits).toHaveLength(2);
    expect(second.fake.submits).toHaveLength(0);
    const waited = second.dispatcher.waitFor(theirs.id, { untilMs: home.clock.now() + 60_000 });
    await settle();
    home.finish('remote-2');
    await home.pass(400);
    expect((await waited).state).toBe('succeeded');
    expect((await second.dispatcher.get(mine.id)).state).toBe('running');
    expect(first.faults).toEqual([]);
  });

  it('go on in the other process at the next glance when their process is killed or closed', async () => {
    for (const end of ['kill', 'close'] as const) {
      const [first, second] = [home.start(), home.start()];
      const running = await first.submit();
      home.fate = 'held';
      const waiting = await first.submit();
      const theirs = await second.submit();
      await home.pass(400);
      expect(second.fake.submits).toEqual([]);
      if (end === 'kill') first.kill();
      else await first.dispatcher.close();
      home.fate = 'answered';
      const before = home.rendered.length;
      await home.pass(400);
      expect(home.rendered).toHaveLength(before + 2);
      for (const { remoteId } of home.rendered) home.finish(remoteId);
      for (const { id } of [running, waiting, theirs])
        expect((await second.dispatcher.get(id)).state).toBe('succeeded');
      second.kill();
    }
  });

  it('are cancelled from a process that does not work them', async () => {
    const [first, second] = [home.start(), home.start()];
    const { id } = await first.submit();
    await settle();
    const cancelled = second.dispatcher.cancel(id);
    await home.pass(600);
    expect((await cancelled).state).toBe('cancelled');
    expect(first.fake.cancels).toEqual(['remote-1']);
  });

  it('tell whoever cancels them elsewhere why it was not done', async () => {
    const [first, second] = [home.start(), home.start()];
    const { id } = await first.submit();
    await settle();
    first.fake.cancelFault = new RenderError({ code: 'PROVIDER_UNSUPPORTED', message: 'no cancel', provider: 'fake' });
    const fault = second.dispatcher.cancel(id).catch((thrown: RenderError) => thrown.record);
    await home.pass(600);
    expect(await fault).toMatchObject({ code: 'PROVIDER_UNSUPPORTED', jobId: id });
    expect((await second.dispatcher.get(id)).cancelRequested).toBeUndefined();
  });

  it('are taken from a process that hangs for half a minute, except what it has on the wire', async () => {
    const [first, second] = [home.start(), home.start()];
    home.fate = 'unanswered';
    const wire = await first.submit();
    home.fate = 'held';
    const queued = await first.submit();
    await second.dispatcher.list({ limit: 1 });
    await home.pass(10_000);
    first.stop();
    home.fate = 'answered';
    await home.pass(25_000);
    expect(second.fake.submits).toEqual([]);
    await home.pass(15_000);
    expect((await second.dispatcher.get(queued.id)).state).toBe('running');
    expect((await second.dispatcher.get(wire.id)).state).toBe('submitting');
    expect(home.rendered).toHaveLength(2);
    first.goOn();
    await home.pass(1000);
    // It has learned that the account is another's: what it does for its old jobs has no effect.
    await first.submit();
    await home.pass(1000);
    expect(first.fake.submits).toHaveLength(2);
    expect(home.rendered).toHaveLength(3);
  });

  it('are not taken from a process because the computer slept', async () => {
    const [first, second] = [home.start(), home.start()];
    await first.submit();
    await second.dispatcher.list({ limit: 1 });
    await home.pass(1000);
    await home.clock.advance(3_600_000);
    await home.pass(1000);
    await first.submit();
    await settle();
    expect(first.fake.submits).toHaveLength(2);
  });

  it('of one principal do not exist for another', async () => {
    const { dispatcher, submit } = home.start();
    const { id } = await submit({ principal: 'ann', idempotencyKey: 'k', request: { made: 'x' } });
    const codes = await Promise.all([
      codeOf(dispatcher.get(id)),
      codeOf(dispatcher.waitFor(id, { untilMs: 0, principal: 'bob' })),
      codeOf(dispatcher.cancel(id, { principal: 'bob' })),
      codeOf(dispatcher.settle(id, { outcome: 'never-ran' }, { principal: 'bob' })),
    ]);
    expect(codes).toEqual(Array.from({ length: 4 }, () => ({ code: 'NOT_FOUND', field: 'jobId' })));
    expect((await dispatcher.list({ limit: 9, principal: 'bob' })).jobs).toEqual([]);
    const other = await submit({ principal: 'bob', idempotencyKey: 'k', request: { made: 'x' } });
    expect(other.deduplicated).toBeUndefined();
    await settle();
    expect(home.rendered).toHaveLength(2);
    expect((await dispatcher.list({ limit: 9, principal: 'ann' })).jobs.map((job) => job.id)).toEqual([id]);
  });

  it('are one when the same request comes again within five minutes without a key', async () => {
    const { dispatcher, submit, fake } = home.start();
    const request = { same: true };
    const { id } = await submit({ request });
    expect(await submit({ request })).toMatchObject({ id, deduplicated: true });
    expect((await submit({ request, idempotencyKey: 'again' })).deduplicated).toBeUndefined();
    expect((await submit({ request, principal: 'ann' })).deduplicated).toBeUndefined();
    await home.clock.advance(300_001);
    const later = await submit({ request });
    expect(later.deduplicated).toBeUndefined();
    await settle();
    fake.move('remote-4', { state: 'failed' });
    expect((await dispatcher.get(later.id)).state).toBe('failed');
    expect((await submit({ request })).deduplicated).toBeUndefined();
  });

  it('say that nobody can work them where their account is not configured any more', async () => {
    const first = home.start();
    home.fate = 'held';
    const { id } = await first.submit();
    first.kill();
    const other = home.start({ id: 'another-account' });
    const watch = { error: { code: 'UNAUTHENTICATED', jobId: id, remedy: expect.stringContaining('API key') } };
    expect(await other.dispatcher.get(id)).toMatchObject({ state: 'queued', watch });
    expect(await other.dispatcher.waitFor(id, { untilMs: home.clock.now() + 45_000 })).toMatchObject({ watch });
    home.fate = 'answered';
    const right = home.start();
    expect((await right.dispatcher.get(id)).watch).toBeUndefined();
    await home.pass(400);
    expect((await right.dispatcher.get(id)).state).toBe('running');
  });

  it('of an account that dies with its process are sent again by the next one, whatever became of them', async () => {
    const first = home.start({ isEphemeral: true });
    const running = await first.submit();
    await settle();
    home.fate = 'unanswered';
    const wire = await first.submit();
    await settle();
    first.kill();
    home.fate = 'answered';
    expect(home.rendered).toHaveLength(2);
    // The next process has a provider of its own, which knows nothing.
    home.rendered.length = 0;
    const second = home.start({ isEphemeral: true });
    await second.dispatcher.list({ limit: 1 });
    await settle();
    expect(home.rendered).toHaveLength(2);
    expect(second.fake.settles).toEqual([]);
    for (const { id } of [running, wire]) expect((await second.dispatcher.get(id)).state).toBe('running');
  });

  it('of an account that dies with its process are neither repeats nor results once that has ended', async () => {
    const first = home.start({ isEphemeral: true });
    const request = { film: 1 };
    const made = await first.submit({ request, idempotencyKey: 'mine' });
    const repeated = await first.submit({ request: { film: 2 } });
    await settle();
    for (const remoteId of ['remote-1', 'remote-2'])
      home.finish(remoteId, {
        state: 'succeeded',
        providerState: 'done',
        output: { url: 'http://127.0.0.1:1/a.mp4', files: [] },
      });
    await settle();
    // The process lives, and its results with it, however long it has had nothing to do.
    await home.pass(90_000);
    const second = home.start({ isEphemeral: true });
    expect(await second.dispatcher.get(made.id)).toMatchObject({ state: 'succeeded', output: expect.anything() });
    expect(await second.submit({ request, idempotencyKey: 'mine' })).toMatchObject({ id: made.id, deduplicated: true });

    first.kill();
    const gone = { state: 'succeeded', watch: { error: { code: 'OUTPUT_EXPIRED', jobId: made.id } } };
    for (const look of [
      await second.dispatcher.get(made.id),
      await second.dispatcher.waitFor(made.id, { untilMs: home.clock.now() + 10_000 }),
    ]) {
      expect(look).toMatchObject(gone);
      expect(look).not.toHaveProperty('output');
    }
    expect(await second.dispatcher.requestOf(made.id)).toEqual(request);

    home.rendered.length = 0;
    const again = await second.submit({ request, idempotencyKey: 'mine' });
    const other = await second.submit({ request: { film: 2 } });
    expect([again.id, other.id]).not.toContain(made.id);
    expect(other.id).not.toBe(repeated.id);
    await settle();
    expect(home.rendered).toHaveLength(2);
    expect(await second.dispatcher.get(made.id)).toMatchObject(gone);
    // What this life renders is held again.
    expect(await second.submit({ request, idempotencyKey: 'mine' })).toMatchObject({ id: again.id });
  });
});
