import { describe, expect, it } from 'vitest';
import { createSandboxClock } from './clock.ts';

describe('sandbox clock', () => {
  it('runs tasks in the order they fall due, each at its own time', () => {
    const clock = createSandboxClock({ now: () => 1000 });
    const seen: [string, number][] = [];
    clock.after(300, () => seen.push(['late', clock.now()]));
    clock.after(100, () => {
      seen.push(['early', clock.now()]);
      clock.after(50, () => seen.push(['nested', clock.now()]));
    });
    clock.advance(400);
    expect(seen).toEqual([
      ['early', 1100],
      ['nested', 1150],
      ['late', 1300],
    ]);
    expect(clock.now()).toBe(1400);
    expect(clock.aheadMs).toBe(400);
  });

  it('runs nothing that is not due, nothing that was cancelled and nothing after it closed', () => {
    const clock = createSandboxClock({ now: () => 0 });
    const seen: string[] = [];
    clock.after(101, () => seen.push('not due'));
    clock.after(50, () => seen.push('cancelled'))();
    clock.advance(100);
    clock.close();
    clock.advance(1000);
    expect(seen).toEqual([]);
  });

  it('goes back to its source, and what is pending keeps the wait that it has left', () => {
    const clock = createSandboxClock({ now: () => 1000 });
    const seen: number[] = [];
    clock.advance(5000);
    clock.after(300, () => seen.push(clock.now()));
    clock.reset();
    expect([clock.now(), clock.aheadMs]).toEqual([1000, 0]);
    clock.advance(299);
    expect(seen).toEqual([]);
    clock.advance(1);
    expect(seen).toEqual([1300]);
  });

  it('arms its source for the earliest task, and again after time was moved forward', () => {
    const armed: number[] = [];
    const clock = createSandboxClock({
      now: () => 0,
      wake: (ms) => {
        armed.push(ms);
        return () => undefined;
      },
    });
    clock.after(500, () => undefined);
    clock.after(200, () => undefined);
    clock.advance(150);
    expect(armed).toEqual([500, 200, 50]);
  });
});
