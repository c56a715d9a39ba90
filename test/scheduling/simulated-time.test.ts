import { expect, it } from 'vitest';
import { createStage, type Scenario } from '../simulator/scenario.ts';
import { serveVendor } from '../simulator/serve.ts';
import { processTimeline } from '../simulator/timeline.ts';
import { core } from '../torture/built-core.ts';
import { playRenderq } from './play-renderq.ts';
import { renderItems } from './render-items.ts';

/** How far the two efficiencies may lie apart. */
const TOLERANCE = 0.08;

/** A window that the first request begins, so that both runs meet it at the same place. */
const SCENARIO: Scenario = {
  profile: 'phantomflow-pro',
  window: 'first',
  jobs: 30,
  seed: 7,
  meanSeconds: 3,
  variation: 0.3,
};

it('real sockets and real time come to what the simulator says', async () => {
  const stage = createStage(SCENARIO, processTimeline);
  const server = await serveVendor(stage.vendor);
  try {
    const client = core.createRenderClient(
      {
        provider: 'phantomflow',
        apiKey: 've_live_simulated',
        baseUrl: server.origin,
        limits: { requestsPerMinute: 120, concurrentJobs: 10 },
      },
      core.nodePorts(),
      core.createAccountRegistry(),
    );
    await renderItems(stage, () => client);
    const real = stage.score();
    const virtual = await playRenderq(SCENARIO);
    expect(real).toMatchObject({ lost: 0, duplicates: 0, misassigned: 0, untrue: 0 });
    expect(Math.abs(real.efficiency - virtual.efficiency)).toBeLessThanOrEqual(TOLERANCE);
    expect(Math.abs(real.requestsPerJob - virtual.requestsPerJob)).toBeLessThanOrEqual(1);
  } finally {
    await server.close();
  }
});
