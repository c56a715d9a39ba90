import type { Dialect } from './dialect.ts';
import type { SimulatedJob } from './job-floor.ts';
import { randomStream } from './random.ts';
import type { ServerClock } from './server-clock.ts';
import type { Tally } from './tally.ts';
import { USUAL_WEBHOOKS, type VendorOptions } from './vendor-options.ts';

const DOUBLE_AFTER_MS = 10_000;

/** Delivers webhooks late, twice or never, as the weather has it. */
export function createPostman({
  options,
  dialect,
  tally,
  server,
}: {
  readonly options: VendorOptions;
  readonly dialect: Dialect;
  readonly tally: Tally;
  readonly server: ServerClock;
}): { tellOf(job: SimulatedJob): void } {
  const { seed, timeline, onWebhook, webhooks = USUAL_WEBHOOKS } = options;
  const random = randomStream(seed, 'webhooks');
  return {
    tellOf(job) {
      const url = job.webhookUrl;
      if (url === undefined || onWebhook === undefined) return;
      const isLost = random.chance(webhooks.lost);
      const isDoubled = random.chance(webhooks.doubled);
      if (isLost) {
        tally.webhooksLost += 1;
        return;
      }
      const { headers, body } = dialect.notice(job, server.at, `whd_${random.hex(16)}`);
      const deliver = () => {
        tally.webhooksSent += 1;
        onWebhook({ url, headers, body });
      };
      timeline.after(webhooks.delayMs, deliver);
      if (isDoubled) timeline.after(webhooks.delayMs + DOUBLE_AFTER_MS, deliver);
    },
  };
}
