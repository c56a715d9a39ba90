import { asObject } from '../../decode/json-body.ts';
import { RenderError } from '../../errors/render-error.ts';

/** What a movie will cost, as far as its script tells. */
export interface CreditEstimate {
  /** Whole credits. */
  readonly credits: number;
  /** Seconds of output that the script states. */
  readonly seconds: number;
  /** True when a scene states no duration in seconds: the movie will be longer, and cost more. */
  readonly isLowerBound: boolean;
}

/** A sum of decimal fractions is off by less than this; without it 1.6 + 2.7 + 2.7 seconds would cost eight credits. */
const SUM_NOISE = 1e-6;

/**
 * The credits that a movie script will take: the sum of its scenes' durations in seconds, rounded up. Inferred, not
 * documented: one credit is one second of output (terms of service), and all samples of the pages fit. The estimate that
 * counts is the one that the submit answers with (`estimatedCredits`); a sandbox key pays nothing.
 * @throws {RenderError} INVALID_REQUEST when the scenes last longer than can be counted, with the field of the first that
 * does.
 */
export function estimateCredits(movie: unknown): CreditEstimate {
  const scenes = asObject(movie)?.scenes;
  const durations = (Array.isArray(scenes) ? scenes : []).map((scene) => asObject(scene)?.duration);
  let seconds = 0;
  for (const [index, duration] of durations.entries()) {
    if (isSeconds(duration)) seconds += duration;
    if (seconds > Number.MAX_SAFE_INTEGER) throw tooLong(index);
  }
  return {
    credits: Math.max(0, Math.ceil(seconds - SUM_NOISE)),
    seconds,
    isLowerBound: durations.length === 0 || !durations.every(isSeconds),
  };
}

function isSeconds(duration: unknown): duration is number {
  return typeof duration === 'number' && Number.isFinite(duration) && duration >= 0;
}

function tooLong(index: number): RenderError {
  return new RenderError({
    code: 'INVALID_REQUEST',
    message: 'The scenes last longer than can be counted.',
    provider: 'phantomflow',
    field: `scenes.${index}.duration`,
    remedy: 'Give the duration of the scene in seconds.',
  });
}
