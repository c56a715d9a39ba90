/** A span of the whole render, reported as shares of that span. */
export interface RenderProgress {
  /** Reports `share` (0 to 1) of the span between `from` and `to`. */
  step(from: number, to: number): (share: number) => void;
  /** Reports 1. */
  finish(): void;
}

/** Steps below this are not worth a call: listeners write them to databases and sockets. */
const SMALLEST_STEP = 0.005;

/** Makes progress that never falls, and that only `finish` may call complete. */
export function trackProgress(onProgress: (fraction: number) => void): RenderProgress {
  let last = 0;
  return {
    step: (from, to) => (share) => {
      const bounded = Number.isFinite(share) ? Math.min(1, Math.max(0, share)) : 0;
      const fraction = Math.min(0.99, from + (to - from) * bounded);
      if (fraction < last + SMALLEST_STEP) return;
      last = fraction;
      onProgress(fraction);
    },
    finish: () => onProgress(1),
  };
}
