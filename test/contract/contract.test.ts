import { type Sandbox, startSandbox } from '@renderq/sandbox';
import { afterAll, afterEach, beforeAll, beforeEach, describe, it } from 'vitest';
import type { Behaviour } from './behaviour.ts';
import { BEHAVIOURS } from './behaviours.ts';
import { liveMode, liveTarget } from './live-target.ts';
import { sandboxTarget } from './sandbox-target.ts';
import type { Vendor } from './target.ts';

const VENDORS = Object.entries(BEHAVIOURS) as [Vendor, readonly Behaviour[]][];

describe.each(VENDORS)('the sandbox as %s', (vendor, behaviours) => {
  let sandbox: Sandbox;
  let target: ReturnType<typeof sandboxTarget>;
  beforeAll(async () => {
    sandbox = await startSandbox();
  });
  afterAll(() => sandbox.close());
  beforeEach(async () => {
    target = sandboxTarget(sandbox, vendor);
    await target.control('/reset', {});
  });
  afterEach(() => target.close());

  for (const { basis, sentence, check } of behaviours) it(`${basis}: ${sentence}`, () => check(target));
});

/** The same suite on a real account: only with a key and RENDERQ_CONTRACT_LIVE, and never paid work unless it says so. */
describe.each(VENDORS)('a real account of %s', (vendor, behaviours) => {
  const real = liveTarget(vendor, process.env);
  const mode = liveMode(process.env);
  for (const { live, sentence, check } of behaviours) {
    if (live === undefined) continue;
    it(sentence, { timeout: 600_000 }, async (context) => {
      if (typeof real === 'string') return context.skip(real);
      if (live === 'paid' && mode !== 'paid') return context.skip('it would cost money');
      await check(real);
    });
  }
});
