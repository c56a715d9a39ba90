import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { VOCABULARY } from './app.ts';
import { FaultRuleError, parseFaultRule } from './fault-check.ts';
import type { FaultStep } from './fault-rule.ts';
import { playTurns } from './fault-turns.ts';
import { createFaultBook } from './faults.ts';

const step: fc.Arbitrary<FaultStep> = fc.oneof(
  fc.constant('ok' as const),
  fc.record({ code: fc.constantFrom('GONE', 'CONFLICT'), times: fc.integer({ min: 1, max: 5 }) }),
  fc.record({ delayMs: fc.integer({ min: 1, max: 9 }), times: fc.integer({ min: 1, max: 3 }) }),
);

const spelledOut = (sequence: readonly FaultStep[]) =>
  sequence.flatMap((entry) => {
    if (entry === 'ok') return [{ delayMs: 0 }];
    const { times = 1, delayMs = 0, ...action } = entry;
    return Array.from({ length: times }, () => ({ delayMs, ...('code' in action ? { action } : {}) }));
  });

describe('the turns of a sequence', () => {
  it('come one after another, as often as it is played, and then no more', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 6 }), fc.integer({ min: 1, max: 3 }), (sequence, times) => {
        const turns = playTurns({ sequence, times });
        const expected = Array.from({ length: times }, () => spelledOut(sequence)).flat();
        for (const wanted of expected) {
          expect(turns.isSpent).toBe(false);
          const { action, delayMs } = turns.next() ?? {};
          expect({ delayMs, ...(action ? { action } : {}) }).toEqual(wanted);
        }
        expect(turns.isSpent).toBe(true);
      }),
    );
  });
});

describe('a fault from outside', () => {
  const book = createFaultBook(VOCABULARY);
  /** What comes of it: nothing thrown, or the one error that becomes a 400. */
  const tame = (act: () => unknown) => {
    try {
      act();
    } catch (error) {
      expect(error).toBeInstanceOf(FaultRuleError);
    }
  };

  it('is understood or refused, whatever the header holds', () => {
    const word = fc.oneof(
      fc.string(),
      fc.json(),
      fc.constantFrom('job:', 'late:', 'stuck:', '__proto__:x', 'webhook:'),
    );
    fc.assert(
      fc.property(word, fc.string(), (start, rest) => {
        tame(() => book.readHeader('rendobar', start + rest));
      }),
    );
  });

  it('is understood or refused, whatever the rule is made of', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        tame(() => createFaultBook(VOCABULARY).add(parseFaultRule(value)));
      }),
    );
  });
});
