/** Repeatable randomness: the same seed and the same name give the same numbers, on every machine. */
export interface RandomStream {
  /** Uniform in [0, 1). */
  readonly next: () => number;
  readonly between: (low: number, high: number) => number;
  readonly chance: (share: number) => boolean;
  /** Standard normal. */
  readonly normal: () => number;
  /** Lower-case hex digits. */
  readonly hex: (digits: number) => string;
}

/** A stream of its own for each purpose, so that one more draw for latency does not change how long the jobs take. */
export function randomStream(seed: number, purpose: string): RandomStream {
  let state = hash(purpose, seed);
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    return mix(state) / 2 ** 32;
  };
  return {
    next,
    between: (low, high) => low + (high - low) * next(),
    chance: (share) => share > 0 && next() < share,
    normal: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
    hex: (digits) => {
      let text = '';
      while (text.length < digits) text += Math.floor(next() * 16).toString(16);
      return text;
    },
  };
}

/** The finishing steps of Mulberry32. */
function mix(state: number): number {
  let mixed = Math.imul(state ^ (state >>> 15), state | 1);
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
  return (mixed ^ (mixed >>> 14)) >>> 0;
}

/** FNV-1a over the text, begun at a place that the seed decides. */
function hash(text: string, seed: number): number {
  let sum = (0x811c9dc5 ^ Math.imul(seed, 0x9e3779b1)) >>> 0;
  for (let index = 0; index < text.length; index += 1) sum = Math.imul(sum ^ text.charCodeAt(index), 0x01000193) >>> 0;
  return mix(sum);
}
