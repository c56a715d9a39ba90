import { describe, expect, it } from 'vitest';
import { createVirtualClock } from '../testing/virtual-clock.ts';
import { createRetryBudget } from './retry-budget.ts';

function setBudget() {
  const clock = createVirtualClock();
  const budget = createRetryBudget(clock);
  /** Spends until nothing is left and gives how many those were. */
  const exhaust = () => {
    let spent = 0;
    while (budget.spend()) spent += 1;
    return spent;
  };
  return { clock, budget, exhaust };
}

describe('the retry budget', () => {
  it('allows a hundred repeats at once and no more', () => {
    const { budget, exhaust } = setBudget();
    expect(budget.left()).toBe(100);
    expect(exhaust()).toBe(100);
    expect([budget.left(), budget.spend()]).toEqual([0, false]);
  });

  it('gets one repeat back each second, and never more than it holds', async () => {
    const { clock, budget, exhaust } = setBudget();
    exhaust();
    await clock.advance(999);
    expect(budget.spend()).toBe(false);
    await clock.advance(1);
    expect([budget.spend(), budget.spend()]).toEqual([true, false]);
    await clock.advance(10_000);
    expect(exhaust()).toBe(10);
    await clock.advance(3_600_000);
    expect(exhaust()).toBe(100);
  });

  it('gets back what a repeat that worked took, and never more than it holds', () => {
    const { budget, exhaust } = setBudget();
    budget.refund();
    expect(exhaust()).toBe(100);
    budget.refund();
    expect(exhaust()).toBe(1);
  });

  it('gains nothing while the clock is set back', () => {
    let now = 1_000_000;
    const budget = createRetryBudget({ now: () => now, sleep: () => Promise.resolve() });
    while (budget.spend());
    now -= 500_000;
    expect(budget.spend()).toBe(false);
    now += 2_000;
    expect(budget.left()).toBe(2);
  });
});
