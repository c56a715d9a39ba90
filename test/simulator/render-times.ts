import { type RandomStream, randomStream } from './random.ts';

export interface RenderTimes {
  readonly meanSeconds: number;
  /** Coefficient of variation; 0 makes every render take the mean. */
  readonly variation: number;
}

/** Log-normal render times. The k-th accepted job always takes the same time, so that clients compete on the same work. */
export function renderTimes(seed: number, purpose: string, { meanSeconds, variation }: RenderTimes) {
  const random: RandomStream = randomStream(seed, `render times of ${purpose}`);
  const spread = Math.sqrt(Math.log(1 + variation ** 2));
  const centre = Math.log(meanSeconds * 1000) - spread ** 2 / 2;
  const drawn: number[] = [];
  return {
    /** Milliseconds that the k-th accepted job takes, counted from 0. */
    ofJob(k: number): number {
      while (drawn.length <= k) drawn.push(Math.max(1, Math.round(Math.exp(centre + spread * random.normal()))));
      return drawn[k] ?? meanSeconds * 1000;
    },
  };
}
