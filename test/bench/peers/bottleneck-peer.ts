import Bottleneck from 'bottleneck';
import type { Stage } from '../../simulator/scenario.ts';
import type { Peer } from './peer.ts';
import { type Caller, fetchJson, renderItem, StatusError } from './vendor-calls.ts';

const MINUTE_MS = 60_000;
const SHORTEST_POLL_MS = 1_000;
const RETRIES = 5;

/** An expert's setting: the plan's limits, submits before looks, and a look as often as the plan has requests for. */
export const bottleneckPeer: Peer = {
  name: 'Bottleneck, tuned',
  setting:
    'reservoir = requests per minute, slots, Retry-After honoured, submits first, looks tuned to plan and job length',
  async run(stage, fetch) {
    const { requestsPerMinute, concurrentJobs } = stage.profile;
    const requests = new Bottleneck({
      reservoir: requestsPerMinute,
      reservoirRefreshAmount: requestsPerMinute,
      reservoirRefreshInterval: MINUTE_MS,
      heartbeatInterval: 250,
    } as Bottleneck.ConstructorOptions);
    requests.on('failed', (error: unknown, { retryCount }) => {
      if (retryCount >= RETRIES) return undefined;
      if (!(error instanceof StatusError)) return 1_000 * 2 ** retryCount;
      if (error.status === 429) return error.retryAfterMs ?? 5_000;
      return error.status >= 500 ? 1_000 * 2 ** retryCount : undefined;
    });
    // Where the server queues, as many jobs again wait there, so that it refills its slots by itself.
    const slots = new Bottleneck({ maxConcurrent: concurrentJobs * (stage.profile.backlog === undefined ? 1 : 2) });
    const call: Caller = (one) =>
      requests.schedule({ priority: one.method === 'POST' ? 1 : 5 }, () => fetchJson(fetch, one));
    const pollMs = tunedPollMs(stage);
    await Promise.all(stage.items.map((item) => slots.schedule(() => renderItem(stage, item, { call, pollMs }))));
    await requests.disconnect();
  },
};

/** One look per running job as often as the requests that the submits leave over allow. */
function tunedPollMs({ profile, scenario }: Stage): number {
  const { requestsPerMinute, concurrentJobs, backlog } = profile;
  const watched = concurrentJobs * (backlog === undefined ? 1 : 2);
  const jobsPerMinute = (concurrentJobs * 60) / scenario.meanSeconds;
  const spare = requestsPerMinute - jobsPerMinute;
  return Math.max(SHORTEST_POLL_MS, spare > 0 ? (watched / spare) * MINUTE_MS : MINUTE_MS / 2);
}
