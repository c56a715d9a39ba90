/** How long jobs take, as an account's jobs have shown so far. All times in milliseconds. */
export interface Durations {
  /** A job of this kind ended when it was between `from` and `to` old; equal where that is known exactly. */
  ended(kind: string, from: number, to: number): void;
  /** The chance that a job has ended by the age `age` that was seen running at the age `seen`. */
  chanceOfEnd(kind: string, seen: number, age: number): number;
  /** The expected age at the end. */
  mean(kind: string): number;
  /** Whether jobs of this kind, or enough of any kind, have been seen to end. */
  isKnown(kind: string): boolean;
}

/** Before anything has been seen: half a minute, give or take a factor of two or three. */
const PRIOR_MEAN_LOG = Math.log(30_000);
const PRIOR_SPREAD = 0.9;
/** What the prior spread weighs, in jobs. */
const PRIOR_WEIGHT = 2;
/** Older jobs fade: what was rendered an hour ago says little of a new template. */
const MEMORY_JOBS = 60;
/** Below this the timing of looks would rest on luck. */
const LEAST_SPREAD = 0.03;
/** Jobs that follow no rule at all: stuck ones, ones that wait in the provider's own queue. */
const ODD_SHARE = 0.02;
const MOST_KINDS = 200;
/** From so many ends on there is something to expect. */
const LEAST_ENDS = 3;

interface Statistics {
  weight: number;
  meanLog: number;
  /** Sum of squared deviations of the logarithm. */
  squares: number;
}

/** Learns log-normal durations per kind of job; a kind that is new starts from what all others took. */
export function createDurations(): Durations {
  const kinds = new Map<string, Statistics>();
  const all = fresh();

  function statistics(kind: string): Statistics {
    const own = kinds.get(kind);
    return own !== undefined && own.weight >= LEAST_ENDS ? own : all;
  }

  return {
    ended(kind, from, to) {
      const log = Math.log(Math.max(1, (from + to) / 2));
      const own = kinds.get(kind) ?? fresh();
      kinds.delete(kind);
      kinds.set(kind, own);
      learn(own, log);
      learn(all, log);
      const [oldest] = kinds.keys();
      if (kinds.size > MOST_KINDS && oldest !== undefined) kinds.delete(oldest);
    },
    chanceOfEnd(kind, seen, age) {
      if (age <= seen) return 0;
      const known = statistics(kind);
      return 1 - survival(known, age) / survival(known, seen);
    },
    isKnown: (kind) => statistics(kind).weight >= LEAST_ENDS,
    mean(kind) {
      const known = statistics(kind);
      return Math.exp(known.meanLog + spread(known) ** 2 / 2);
    },
  };
}

function fresh(): Statistics {
  return { weight: 0, meanLog: PRIOR_MEAN_LOG, squares: 0 };
}

/** Welford's update with exponential forgetting. */
function learn(known: Statistics, log: number): void {
  const fade = known.weight >= MEMORY_JOBS ? 1 - 1 / MEMORY_JOBS : 1;
  known.weight = known.weight * fade + 1;
  const before = known.meanLog;
  known.meanLog += (log - before) / known.weight;
  known.squares = known.squares * fade + (log - before) * (log - known.meanLog);
}

function spread({ weight, squares }: Statistics): number {
  const variance = (PRIOR_WEIGHT * PRIOR_SPREAD ** 2 + squares) / (PRIOR_WEIGHT + weight);
  // A handful of equal durations is better evidence for a narrow spread than the prior's full weight allows.
  const seen = weight >= 8 ? squares / (weight - 1) : variance;
  return Math.max(LEAST_SPREAD, Math.sqrt(seen));
}

/** The chance to be older than this: log-normal, with a few odd ones that live five times as long without any rule. */
function survival(known: Statistics, age: number): number {
  if (age <= 0) return 1;
  const ruled = 1 - normalCdf((Math.log(age) - known.meanLog) / spread(known));
  const odd = Math.exp(-age / (5 * Math.exp(known.meanLog)));
  return Math.max(1e-12, (1 - ODD_SHARE) * ruled + ODD_SHARE * odd);
}

/** Abramowitz and Stegun 7.1.26: the error is below 1.5e-7. */
function normalCdf(z: number): number {
  const x = Math.abs(z) / Math.SQRT2;
  const t = 1 / (1 + 0.3275911 * x);
  const series = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  const tail = (series * Math.exp(-x * x)) / 2;
  return z < 0 ? tail : 1 - tail;
}
