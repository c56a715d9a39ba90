import { type Bounds, boundsOf } from './bounds.ts';
import { type FaultRates, WEATHERS, type Weather } from './faults.ts';
import { createLedger, type Ledger, type LedgerReport } from './ledger.ts';
import { PROFILES, type Profile, type ProfileName } from './profiles.ts';
import type { Tally } from './tally.ts';
import type { Timeline } from './timeline.ts';
import { createVendor, type Vendor } from './vendor.ts';
import type { VendorOptions } from './vendor-options.ts';
import { itemTag } from './wire.ts';

/** One run: so many items on a plan, in a weather. The same scenario gives every client the same vendor. */
export interface Scenario extends Partial<Omit<VendorOptions, 'timeline' | 'renders' | 'faults'>> {
  readonly profile: ProfileName | Profile;
  readonly jobs: number;
  readonly seed: number;
  readonly meanSeconds: number;
  /** Coefficient of variation of the render times. Default 0.5. */
  readonly variation?: number;
  readonly weather?: Weather | Partial<FaultRates>;
}

export interface Stage {
  readonly scenario: Scenario;
  readonly profile: Profile;
  readonly timeline: Timeline;
  readonly vendor: Vendor;
  readonly ledger: Ledger;
  readonly items: readonly number[];
  /** The body of an item's submit. */
  requestOf(item: number, webhookUrl?: string): Readonly<Record<string, unknown>>;
  score(): Score;
}

/** How a client did: its items, its requests, and how near it came to what is possible. */
export interface Score extends LedgerReport, Bounds {
  /** The physical limit over the makespan, times the share of items that finished. */
  readonly efficiency: number;
  /** The same against the limit of a client that polls. */
  readonly pollAwareEfficiency: number;
  readonly requestsPerJob: number;
  readonly refusedRate: number;
  readonly refusedSlots: number;
  readonly queueFull: number;
  readonly tally: Tally;
}

export function profileOf({ profile }: Pick<Scenario, 'profile'>): Profile {
  return typeof profile === 'string' ? PROFILES[profile] : profile;
}

export function createStage(scenario: Scenario, timeline: Timeline, more: Partial<VendorOptions> = {}): Stage {
  const { jobs, seed, meanSeconds, variation = 0.5, weather = 'clean', ...options } = scenario;
  const profile = profileOf(scenario);
  const faults = typeof weather === 'string' ? WEATHERS[weather] : weather;
  const renders = { meanSeconds, variation };
  const vendor = createVendor(profile, { ...options, seed, timeline, renders, faults, ...more });
  const ledger = createLedger(vendor, timeline, jobs);
  return {
    scenario,
    profile,
    timeline,
    vendor,
    ledger,
    items: Array.from({ length: jobs }, (_, item) => item),
    requestOf: (item, webhookUrl) => REQUESTS[profile.vendor](itemTag(item), webhookUrl),
    score() {
      const report = ledger.report();
      const { tally } = vendor;
      const durations = Array.from({ length: jobs }, (_, k) => vendor.renderMs(k));
      const bounds = boundsOf(profile, durations, scenario.windowMs);
      const share = report.finished / report.items;
      return {
        ...report,
        ...bounds,
        efficiency: (bounds.physicalMs / report.makespanMs) * share,
        pollAwareEfficiency: (bounds.pollAwareMs / report.makespanMs) * share,
        requestsPerJob: tally.total / report.items,
        refusedRate: tally.refusedRate,
        refusedSlots: tally.refusedSlots,
        queueFull: tally.queueFull,
        tally,
      };
    },
  };
}

const REQUESTS = {
  phantomflow: (tag: string, webhookUrl: string | undefined) => ({
    width: 1280,
    height: 720,
    scenes: [{ duration: 4, elements: [{ type: 'text', text: tag }] }],
    ...(webhookUrl !== undefined && { webhook_uri: webhookUrl }),
  }),
  rendobar: (tag: string, webhookUrl: string | undefined) => ({
    type: 'ffmpeg',
    inputs: { 'in.mp4': 'https://media.test/in.mp4' },
    params: { command: `ffmpeg -i in.mp4 -metadata title="${tag}" out.mp4` },
    ...(webhookUrl !== undefined && { callback: { url: webhookUrl } }),
  }),
};
