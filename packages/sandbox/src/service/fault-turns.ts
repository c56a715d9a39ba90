import { actionOfStep, type FaultAction, type FaultRule } from './fault-rule.ts';

/** What a rule does to one call; `action` is absent where the call is let through or only delayed. */
export interface FaultTurn {
  readonly action?: FaultAction;
  readonly delayMs: number;
}

/** The turns of a rule, handed out one by one. */
export interface FaultTurns {
  /** The rule has no turn left. */
  readonly isSpent: boolean;
  /** The next turn, or undefined where chance spares the call. */
  next(): FaultTurn | undefined;
}

interface Step extends FaultTurn {
  readonly times: number;
}

export function playTurns(rule: FaultRule): FaultTurns {
  const steps = stepsOf(rule);
  const rounds = rule.times ?? 1;
  const length = steps.reduce((sum, step) => sum + step.times, 0);
  const draw = rule.probability === undefined ? undefined : seededRandom(rule.seed ?? 1);
  let turn = 0;
  return {
    get isSpent() {
      return rounds !== 'always' && turn >= length * rounds;
    },
    next() {
      if (draw && rule.probability !== undefined && draw() >= rule.probability) return undefined;
      let left = turn % length;
      turn += 1;
      const step = steps.find(({ times }) => {
        left -= times;
        return left < 0;
      });
      return step ?? { delayMs: 0 };
    },
  };
}

function stepsOf({ do: action, sequence, delayMs = 0 }: FaultRule): readonly Step[] {
  if (!sequence) return [{ times: 1, delayMs, ...(action ? { action } : {}) }];
  return sequence.map((step) => {
    const action = actionOfStep(step);
    const { times = 1, delayMs: own = delayMs } = step === 'ok' ? { delayMs: 0 } : step;
    return { times, delayMs: own, ...(action ? { action } : {}) };
  });
}

/** Mulberry32: small, fast, and the same on every machine. Numbers from 0 up to 1. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
