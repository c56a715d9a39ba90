import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRateWindow, retryAfterSeconds, WINDOW_MS } from './rate-window.ts';

describe('rate window', () => {
  it('refuses the request above the limit and lets it in when the window has ended', () => {
    const window = createRateWindow();
    expect(window.take(0, 2)).toEqual({ allowed: true, limit: 2, remaining: 1, resetAt: 60_000 });
    expect(window.take(10_000, 2)).toMatchObject({ allowed: true, remaining: 0, resetAt: 60_000 });
    expect(window.take(59_999, 2)).toMatchObject({ allowed: false, remaining: 0, resetAt: 60_000 });
    expect(window.take(60_000, 2)).toMatchObject({ allowed: true, remaining: 1, resetAt: 120_000 });
  });

  it('tells a wait after which a client is let in, for any time and limit', () => {
    fc.assert(
      fc.property(fc.nat(10_000_000), fc.integer({ min: 1, max: 5 }), fc.nat(59_999), (start, limit, later) => {
        const window = createRateWindow();
        for (let taken = 0; taken < limit; taken += 1) expect(window.take(start, limit).allowed).toBe(true);
        const now = start + later;
        const refused = window.take(now, limit);
        expect(refused.allowed).toBe(false);
        const wait = retryAfterSeconds(refused, now);
        expect(wait).toBeGreaterThanOrEqual(1);
        expect(wait * 1000).toBeLessThan(WINDOW_MS + 1000);
        expect(window.take(now + wait * 1000, limit).allowed).toBe(true);
      }),
    );
  });

  it('shows the window without spending from it', () => {
    const window = createRateWindow();
    window.take(0, 3);
    expect(window.read(1, 3).remaining).toBe(2);
    expect(window.read(1, 3).remaining).toBe(2);
    expect(window.read(60_000, 3).remaining).toBe(3);
  });
});
