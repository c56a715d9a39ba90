import { describe, expect, it } from 'vitest';
import { createRequestsUnderWay, whenAnswered } from './requests-under-way.ts';

describe('requests under way', () => {
  it('are waited for until the last has ended, each counted once', async () => {
    const underWay = createRequestsUnderWay();
    await underWay.idle();
    const [first, second] = [underWay.begin(), underWay.begin()];
    let isIdle = false;
    const idle = underWay.idle().then(() => {
      isIdle = true;
    });
    first();
    first();
    await Promise.resolve();
    expect([underWay.count, isIdle]).toEqual([1, false]);
    second();
    await idle;
    expect(underWay.count).toBe(0);
  });
});

describe('an answer', () => {
  const watch = (body: string | ReadableStream | null) => {
    let times = 0;
    const response = new Response(body, { status: 201, headers: { 'x-kept': 'yes' } });
    const answer = whenAnswered(response, () => {
      times += 1;
    });
    return { answer, times: () => times };
  };

  it('is over when it has been read to its end, and comes through as it was', async () => {
    const { answer, times } = watch('whole');
    expect([answer.status, answer.headers.get('x-kept')]).toEqual([201, 'yes']);
    expect(times()).toBe(0);
    expect(await answer.text()).toBe('whole');
    expect(times()).toBe(1);
  });

  it('is over at once when there is nothing to read', () => {
    expect(watch(null).times()).toBe(1);
  });

  it('is over when its reader goes, and whoever writes it is told', async () => {
    let told: unknown;
    const { answer, times } = watch(
      new ReadableStream({
        cancel(reason) {
          told = reason;
        },
      }),
    );
    await answer.body?.cancel('gone');
    expect([times(), told]).toEqual([1, 'gone']);
  });

  it('is over when it breaks', async () => {
    const { answer, times } = watch(
      new ReadableStream({
        pull(controller) {
          controller.error(new Error('broken'));
        },
      }),
    );
    await expect(answer.text()).rejects.toThrow('broken');
    expect(times()).toBe(1);
  });
});
