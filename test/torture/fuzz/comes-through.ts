import { describe, expect, it } from 'vitest';
import type { Provider } from '../vendor.ts';
import { fuzz } from './fuzz.ts';

/** `RENDERQ_FUZZ_SEED` plays another run, or again the one that a failure named; `RENDERQ_FUZZ_ANSWERS` makes it longer. */
const SEED = Number(process.env.RENDERQ_FUZZ_SEED ?? 20_261_121);
const ANSWERS = Number(process.env.RENDERQ_FUZZ_ANSWERS ?? 100_000);

/** One file for each provider, so that they run side by side. */
export function describeFuzz(provider: Provider): void {
  describe(`the ${provider} client on answers that no server should give`, () => {
    it(`comes through ${ANSWERS} without a hang, a leak, an untyped error or a second render`, async () => {
      const report = await fuzz({ provider, seed: SEED, answers: ANSWERS });
      expect(report.failure).toBeUndefined();
      expect(report.answers).toBeGreaterThanOrEqual(ANSWERS);
    }, 600_000);
  });
}
