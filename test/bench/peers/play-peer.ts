import { createStage, type Scenario, type Score } from '../../simulator/scenario.ts';
import { processTimeline } from '../../simulator/timeline.ts';
import { runOnFakeTime } from './fake-time.ts';
import type { Peer } from './peer.ts';
import { simulatedFetch } from './simulated-fetch.ts';

/** Lets a peer render the scenario in virtual time. */
export function playPeer(peer: Peer, scenario: Scenario): Promise<Score> {
  return runOnFakeTime(scenario.seed, async () => {
    const stage = createStage(scenario, processTimeline);
    await peer.run(stage, simulatedFetch(stage.vendor, processTimeline));
    stage.vendor.close();
    return stage.score();
  });
}
