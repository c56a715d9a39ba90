import type { FaultRates } from './faults.ts';
import type { WindowKind } from './rate-window.ts';
import type { RenderTimes } from './render-times.ts';
import type { Timeline } from './timeline.ts';

/** Milliseconds from sending a request to having its answer. */
export interface Latency {
  readonly lowMs: number;
  readonly highMs: number;
  readonly outlierShare: number;
  readonly outlierFactor: number;
}

export const USUAL_LATENCY: Latency = Object.freeze({ lowMs: 75, highMs: 225, outlierShare: 0.01, outlierFactor: 4 });
export const NO_LATENCY: Latency = Object.freeze({ lowMs: 0, highMs: 0, outlierShare: 0, outlierFactor: 1 });

/** Somebody else who uses the same account. */
export interface OtherClients {
  /** Looks per minute, at random times. */
  readonly looksPerMinute: number;
  /** Submits per minute, at random times. */
  readonly jobsPerMinute: number;
}

export interface WebhookWeather {
  readonly delayMs: number;
  /** Share of deliveries that never arrive, whatever is tried. */
  readonly lost: number;
  /** Share of deliveries that arrive a second time. */
  readonly doubled: number;
}

export const USUAL_WEBHOOKS: WebhookWeather = Object.freeze({ delayMs: 300, lost: 0, doubled: 0 });

/** One POST to a client's webhook. */
export interface Delivery {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface VendorOptions {
  readonly seed: number;
  readonly timeline: Timeline;
  readonly renders: RenderTimes;
  /** Default: the profile's. */
  readonly window?: WindowKind;
  /** Default 60,000. */
  readonly windowMs?: number;
  /** Default: the profile's. */
  readonly retryAfter?: boolean;
  /** Whether a slot refusal carries a Retry-After too, of five seconds; no page says. Default false. */
  readonly retryAfterOnSlots?: boolean;
  /** Milliseconds that the server's clock is ahead of the client's. */
  readonly skewMs?: number;
  readonly latency?: Latency;
  readonly faults?: Partial<FaultRates>;
  readonly others?: OtherClients;
  /** Jobs of a page of the list where the client asks for no number. Default: the vendor's. */
  readonly pageSize?: number;
  readonly webhooks?: WebhookWeather;
  readonly onWebhook?: (delivery: Delivery) => void;
}
