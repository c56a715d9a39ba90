import { playRenderq } from '../../scheduling/play-renderq.ts';
import type { Profile } from '../../simulator/profiles.ts';
import type { Scenario, Score } from '../../simulator/scenario.ts';
import { axiosRetryPeer } from '../peers/axios-retry-peer.ts';
import { bottleneckPeer } from '../peers/bottleneck-peer.ts';
import { kyPeer } from '../peers/ky-peer.ts';
import { n8nLoopPeer } from '../peers/n8n-loop-peer.ts';
import { pRetryPeer } from '../peers/p-retry-peer.ts';
import type { Peer } from '../peers/peer.ts';
import { playPeer } from '../peers/play-peer.ts';
import { rendobarNodePeer } from '../peers/rendobar-node-peer.ts';

export interface Contestant {
  readonly name: string;
  readonly setting: string;
  play(scenario: Scenario): Promise<Score>;
  /** Plans that it is made for. Default: all. */
  readonly isFor?: ((profile: Profile) => boolean) | undefined;
}

const PEERS: readonly Peer[] = [bottleneckPeer, kyPeer, axiosRetryPeer, pRetryPeer, rendobarNodePeer, n8nLoopPeer];

const PROCESSES = 3;

/** renderq first, then its peers. */
export const CONTESTANTS: readonly Contestant[] = [
  {
    name: 'renderq',
    setting: 'built core, plan stated, polling',
    play: (scenario) => playRenderq(scenario),
  },
  {
    name: 'renderq + webhooks',
    setting: 'the same, told of ends by webhook',
    play: (scenario) => playRenderq(scenario, { webhooks: true }),
  },
  {
    name: `renderq × ${PROCESSES}`,
    setting: `${PROCESSES} processes that know nothing of each other, on one account`,
    play: (scenario) => playRenderq(scenario, { processes: PROCESSES }),
  },
  ...PEERS.map((peer) => ({
    name: peer.name,
    setting: peer.setting,
    isFor: peer.isFor,
    play: (scenario: Scenario) => playPeer(peer, scenario),
  })),
];
