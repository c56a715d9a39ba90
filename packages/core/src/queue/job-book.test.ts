import { describe, expect, it } from 'vitest';
import type { JobSnapshot } from '../contract/job.ts';
import { createVirtualClock } from '../testing/virtual-clock.ts';
import { createJobBook } from './job-book.ts';

function setBook() {
  const clock = createVirtualClock();
  const book = createJobBook(clock);
  /** Every list teaches; the largest page also tells of others. */
  const saw = (ids: readonly string[], mayHoldNew = false) => {
    book.learnFrom(page(...ids));
    return book.saw(page(...ids), mayHoldNew);
  };
  return { clock, book, saw };
}

function job(id: string, more: Partial<JobSnapshot> = {}): JobSnapshot {
  return { provider: 'phantomflow', id, state: 'running', providerState: 'processing', ...more };
}

const page = (...ids: readonly string[]) => ({ jobs: ids.map((id) => job(id)) });

describe("an account's book of jobs", () => {
  it('knows what was submitted here and what a list has shown, and nothing else', () => {
    const { book, saw } = setBook();
    book.own('ours');
    saw(['listed']);
    expect(['ours', 'listed', 'new'].map(book.isKnown)).toEqual([true, true, false]);
  });

  it('takes what the first list shows for old, and what appears later for the work of others', async () => {
    const { clock, book, saw } = setBook();
    saw(['old-1', 'old-2']);
    expect([book.hasBaseline(), book.othersSeenAt()]).toEqual([true, Number.NEGATIVE_INFINITY]);
    await clock.advance(1_000);
    saw(['old-1', 'old-2']);
    expect(book.othersSeenAt()).toBe(Number.NEGATIVE_INFINITY);
    saw(['new', 'old-1']);
    const seenAt = clock.now();
    await clock.advance(1_000);
    saw(['new', 'old-1']);
    expect(book.othersSeenAt()).toBe(seenAt);
  });

  it('is not told by our own jobs that others submit as well', () => {
    const { book, saw } = setBook();
    saw([]);
    book.submitted('ours', undefined);
    saw(['ours']);
    expect([book.othersSeenAt(), book.listLagMs()]).toEqual([Number.NEGATIVE_INFINITY, 0]);
  });

  it('learns nothing of new jobs from a list that may hold one of ours', () => {
    const { book, saw } = setBook();
    expect(saw(['maybe-ours'], true)).toBeUndefined();
    expect([book.isKnown('maybe-ours'), book.hasBaseline()]).toEqual([false, false]);
    saw([]);
    expect(saw(['maybe-ours'], true)).toBeUndefined();
    expect([book.isKnown('maybe-ours'), book.othersSeenAt()]).toEqual([false, Number.NEGATIVE_INFINITY]);
  });

  it('blames nobody else for what appears within a minute of a submit of ours that stayed unsettled', async () => {
    const { clock, book, saw } = setBook();
    saw([]);
    expect(book.mayShowUnsettled()).toBe(false);
    book.unsettled();
    await clock.advance(59_999);
    saw(['perhaps ours']);
    expect([book.mayShowUnsettled(), book.othersSeenAt()]).toEqual([true, Number.NEGATIVE_INFINITY]);
    await clock.advance(1);
    saw(['theirs']);
    expect([book.mayShowUnsettled(), book.othersSeenAt()]).toEqual([false, clock.now()]);
  });

  it('knows how soon lists show jobs by the youngest running one of ours that they showed, even with a submit on the wire', async () => {
    const { clock, book, saw } = setBook();
    book.own('asked for');
    book.submitted('ours', undefined);
    saw(['theirs', 'asked for']);
    expect(book.listLagMs()).toBe(Number.POSITIVE_INFINITY);
    await clock.advance(8_000);
    saw(['ours'], true);
    expect(book.listLagMs()).toBe(8_000);
    book.submitted('second', undefined);
    await clock.advance(2_000);
    saw(['second', 'ours']);
    await clock.advance(9_000);
    saw(['second', 'ours']);
    expect(book.listLagMs()).toBe(2_000);
  });

  it('learns nothing of how soon lists show jobs from one that has ended', () => {
    const { book } = setBook();
    book.submitted('ours', undefined);
    book.learnFrom({ jobs: [job('ours', { state: 'succeeded' })] });
    expect(book.listLagMs()).toBe(Number.POSITIVE_INFINITY);
  });

  it('finds out whether the times of creation are true, and whether the newest of ours is shown', () => {
    const { clock, book } = setBook();
    expect([book.timesAreTrue(), book.showsNewest({ jobs: [] })]).toEqual([undefined, false]);
    book.submitted('first', clock.now());
    book.submitted('second', clock.now());
    const page = { jobs: [job('first', { createdAt: clock.now() - 3_600_000 })] };
    book.learnFrom(page);
    expect([book.timesAreTrue(), book.showsNewest(page)]).toEqual([false, false]);
    const next = { jobs: [job('second', { createdAt: clock.now() - 400 })] };
    book.learnFrom(next);
    expect([book.timesAreTrue(), book.showsNewest(next)]).toEqual([true, true]);
  });

  it('remembers that a job is ours although a list showed it first', () => {
    const { book, saw } = setBook();
    saw(['ours']);
    book.own('ours');
    expect(saw(['ours'])).toEqual({ running: 0 });
  });

  it('counts the running jobs of others, but neither ours nor those that ended nor ghosts', async () => {
    const { clock, book } = setBook();
    await clock.advance(10_000_000);
    book.own('ours');
    const jobs = [
      job('ours'),
      job('theirs'),
      job('young', { createdAt: clock.now() - 7_100_000 }),
      job('queued', { state: 'queued' }),
      job('ghost', { createdAt: clock.now() - 7_200_000 }),
      ...(['succeeded', 'failed', 'cancelled'] as const).map((state) => job(state, { state })),
    ];
    expect(book.saw({ jobs }, false)).toEqual({ running: 3 });
  });

  it('believes that lists tell of jobs until one that should have shown some was empty', () => {
    const { book, saw } = setBook();
    expect(book.mayTell()).toBe(true);
    saw([]);
    expect(book.mayTell()).toBe(false);
    saw(['one']);
    expect(book.mayTell()).toBe(true);
    saw([]);
    expect(book.mayTell()).toBe(true);
  });

  it('forgets the job that has not been heard of for longest when it knows ten thousand', () => {
    const { book } = setBook();
    for (let n = 0; n < 10_000; n += 1) book.own(`job-${n}`);
    book.own('job-0');
    book.own('one-more');
    expect(['job-0', 'job-1', 'job-2', 'one-more'].map(book.isKnown)).toEqual([true, false, true, true]);
  });
});
