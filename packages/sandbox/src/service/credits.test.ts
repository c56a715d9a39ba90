import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLedger } from './credits.ts';

describe('credit ledger', () => {
  it('takes the estimate at once and gives the unused part back, once', () => {
    const ledger = createLedger(10);
    const reservation = ledger.reserve(6);
    expect(ledger.balance).toBe(4);
    reservation?.settle(2);
    expect(ledger.balance).toBe(8);
    reservation?.settle(0);
    expect(ledger.balance).toBe(8);
  });

  it('refuses more than it holds and takes nothing then', () => {
    const ledger = createLedger(5);
    expect(ledger.reserve(6)).toBeUndefined();
    expect(ledger.balance).toBe(5);
    expect(ledger.reserve(5)).toBeDefined();
  });

  it('never gives back more than was reserved nor keeps more', () => {
    fc.assert(
      fc.property(fc.nat(1000), fc.nat(1000), fc.integer({ min: -500, max: 2000 }), (initial, amount, used) => {
        const ledger = createLedger(initial);
        ledger.reserve(amount)?.settle(used);
        const kept = initial - ledger.balance;
        expect(kept).toBe(amount > initial ? 0 : Math.min(Math.max(0, used), amount));
      }),
    );
  });
});
