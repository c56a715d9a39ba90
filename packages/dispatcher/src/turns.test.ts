import { describe, expect, it } from 'vitest';
import { createTurns } from './turns.ts';

function block(ms: number): void {
  for (const end = performance.now() + ms; performance.now() < end; );
}

describe('createTurns', () => {
  it('lets callers through in order, and the event loop in between when they block it', async () => {
    const turn = createTurns();
    const order: number[] = [];
    let ticks = 0;
    const timer = setInterval(() => {
      ticks += 1;
    }, 1);
    await Promise.all(
      [0, 1, 2, 3, 4, 5].map(async (at) => {
        await turn();
        order.push(at);
        block(25);
      }),
    );
    clearInterval(timer);
    expect(order).toEqual([0, 1, 2, 3, 4, 5]);
    expect(ticks).toBeGreaterThan(3);
  });
});
