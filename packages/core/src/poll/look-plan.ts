import type { Durations } from './durations.ts';

/** Looks are never closer together than this, whatever the plan allows. */
const CLOSEST_MS = 500;
/** Without a submit that waits for a slot, a look is for freshness alone: a small share of a job's age is fresh enough. */
const FRESHNESS = 0.07;
const COARSEST_FRESHNESS_MS = 5_000;
/** However unlikely an end is, somebody looks this often: expectations can be wrong. */
const LONGEST_GAP_MS = 60_000;
const GRID_STEPS = 48;
/** Webhooks that tell this share of ends may be waited for as long as that. */
const RELIABLE_SHARE = 0.8;

/** A job to be looked at. */
export interface LookSubject {
  readonly kind: string;
  /** Unix milliseconds of its acceptance or, where that is not known, of the first look at it. */
  readonly bornAt: number;
  /** Unix milliseconds at which it was last known to run. */
  readonly seenAt: number;
  /** The share of ends that would be announced by a webhook before they are looked for; 0 without webhooks. */
  readonly announced: number;
}

export interface LookPlanInput {
  readonly now: number;
  /** Unix milliseconds of the last look; a look serves all jobs where a list can be had. */
  readonly lastLookAt: number;
  readonly subjects: readonly LookSubject[];
  readonly durations: Durations;
  /** Requests left, and until when they must last. */
  readonly budget: { readonly requests: number; readonly until: number };
  /** Submits that wait for a slot: each job that ends causes one, and its end is worth finding. */
  readonly waitingSubmits: number;
}

/**
 * Unix milliseconds of the next look. A look is worth the slot time that it saves: the expected time for which jobs have
 * ended unseen, summed over all of them, reaches a price that the requests left can pay. With constant chances that is an
 * even spacing; where durations repeat, looks gather about the time when jobs usually end. A webhook lowers the chance
 * that an end is still unseen, and so makes looks rare without a rule of its own.
 */
export function nextLookAt(input: LookPlanInput): number {
  const { now, lastLookAt, subjects, durations, waitingSubmits } = input;
  if (subjects.length === 0) return Number.POSITIVE_INFINITY;
  const closest = waitingSubmits > 0 ? CLOSEST_MS : freshness(input);
  const spacing = Math.max(closest, spacingMs(input));
  // Nothing is known of how long such jobs take: an even spacing is as good as any.
  if (!subjects.every(({ kind }) => durations.isKnown(kind)))
    return Math.max(now, lastLookAt + Math.min(LONGEST_GAP_MS, spacing));
  const price = sum(subjects, ({ kind }) => idleMs(spacing, durations.mean(kind)));
  const earliest = Math.max(now, lastLookAt + closest);
  const isAnnounced = subjects.every(({ announced }) => announced > RELIABLE_SHARE);
  const longest = isAnnounced ? LONGEST_GAP_MS : Math.min(LONGEST_GAP_MS, Math.max(10 * spacing, 5_000));
  const latest = Math.max(earliest, lastLookAt + longest);
  return Math.min(latest, Math.max(earliest, priceReachedAt(input, price, latest)));
}

/** The slot time that an even spacing leaves idle per look, for a job that may end at any time with the same chance. */
function idleMs(spacing: number, mean: number): number {
  return spacing - mean * (1 - Math.exp(-spacing / mean));
}

/**
 * The even spacing that the requests left allow, after those of the submits that ends will cause. Nothing is kept back for
 * calls that come unannounced: spread like this, something is left for them until the window ends.
 */
function spacingMs({ now, subjects, durations, budget, waitingSubmits }: LookPlanInput): number {
  const left = Math.max(1, budget.until - now);
  // What a look finds: the jobs that have ended since the one before it. Each of them lets a submit go.
  const found = (spacing: number) => sum(subjects, ({ kind }) => 1 - Math.exp(-spacing / durations.mean(kind)));
  const cost = (spacing: number) => left / spacing + Math.min(waitingSubmits, (left / spacing) * found(spacing));
  // The cost falls with the spacing: halve the range until it is met.
  let [low, high] = [CLOSEST_MS / 4, 4 * LONGEST_GAP_MS];
  for (let step = 0; step < 24; step += 1) {
    const middle = Math.sqrt(low * high);
    if (cost(middle) > budget.requests) low = middle;
    else high = middle;
  }
  return high;
}

function freshness({ now, subjects }: LookPlanInput): number {
  const oldest = Math.max(...subjects.map(({ bornAt }) => now - bornAt));
  return Math.min(COARSEST_FRESHNESS_MS, Math.max(CLOSEST_MS, oldest * FRESHNESS));
}

/** When the expected slot time that ended jobs have idled away reaches the price; `latest` where it does not before. */
function priceReachedAt({ subjects, durations }: LookPlanInput, price: number, latest: number): number {
  const start = Math.min(...subjects.map(({ seenAt }) => seenAt));
  const step = Math.max(1, (latest - start) / GRID_STEPS);
  let idle = 0;
  let chance = 0;
  for (let time = start; time < latest; time += step) {
    const next = sum(subjects, (subject) => unseenEnd(durations, subject, time + step));
    const area = ((chance + next) / 2) * step;
    if (idle + area >= price) return time + (step * (price - idle)) / area;
    idle += area;
    chance = next;
  }
  return latest;
}

/** The chance that the job has ended by then and nobody has told. */
function unseenEnd(durations: Durations, { kind, bornAt, seenAt, announced }: LookSubject, time: number): number {
  if (time <= seenAt) return 0;
  const ended = durations.chanceOfEnd(kind, seenAt - bornAt, time - bornAt);
  const untold = ended * (1 - announced);
  return untold / (untold + 1 - ended || 1);
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  let total = 0;
  for (const item of items) total += of(item);
  return total;
}
