import type { HttpTransport, RenderClient } from '@renderq/core';
import type { Profile } from '../simulator/profiles.ts';
import { randomStream } from '../simulator/random.ts';
import { send, WireFault } from '../simulator/send.ts';
import { pause, type Timeline } from '../simulator/timeline.ts';
import type { Vendor } from '../simulator/vendor.ts';
import { core } from '../torture/built-core.ts';

const BASE_URL = 'https://vendor.test';
const KEYS = { phantomflow: 've_live_simulated', rendobar: 'rb_simulated' };
const FAULTS = { reset: 'ECONNRESET', timeout: 'no answer in time', aborted: 'aborted' };

/** A client of built core whose wire ends in the simulator and whose time is the timeline's. Each has a registry of its own. */
export function createSimulatedClient(stage: {
  readonly profile: Profile;
  readonly vendor: Vendor;
  readonly timeline: Timeline;
  readonly seed: number;
}): RenderClient {
  const { profile, vendor, timeline, seed } = stage;
  const { requestsPerMinute, concurrentJobs } = profile;
  return core.createRenderClient(
    {
      provider: profile.vendor,
      apiKey: KEYS[profile.vendor],
      baseUrl: BASE_URL,
      limits: { requestsPerMinute, concurrentJobs },
    },
    {
      transport: simulatedTransport(vendor, timeline),
      clock: { now: () => timeline.now(), sleep: (ms, signal) => pause(timeline, ms, signal) },
      random: randomStream(seed, 'client').next,
      lanes: core.createPQueueLane,
    },
    core.createAccountRegistry(),
  );
}

function simulatedTransport(vendor: Vendor, timeline: Timeline): HttpTransport {
  return async ({ method, url, body, timeoutMs, signal }) => {
    try {
      return await send(vendor, { method, path: url.slice(BASE_URL.length), body }, { timeline, timeoutMs, signal });
    } catch (error) {
      if (!(error instanceof WireFault)) throw error;
      const sent = error.wasSent ? 'maybe-sent' : 'not-sent';
      throw new core.TransportError({ kind: error.kind, sent, message: FAULTS[error.kind], cause: error.cause });
    }
  };
}
