import { drawFault, type Fault, NO_FAULTS } from './faults.ts';
import { createJobDesk, type JobDesk } from './job-desk.ts';
import type { SimulatedJob } from './job-floor.ts';
import { startOthers } from './other-clients.ts';
import { phantomflowDialect } from './phantomflow-dialect.ts';
import type { Profile } from './profiles.ts';
import { randomStream } from './random.ts';
import { createRateWindow } from './rate-window.ts';
import { rendobarDialect } from './rendobar-dialect.ts';
import { createServerClock } from './server-clock.ts';
import { createTally, type Tally } from './tally.ts';
import { pause } from './timeline.ts';
import { USUAL_LATENCY, type VendorOptions } from './vendor-options.ts';
import { type Outcome, type RequestKind, reset, silence, type WireAnswer, type WireRequest } from './wire.ts';

const DIALECTS = { phantomflow: phantomflowDialect, rendobar: rendobarDialect };
/** The share of the latency that lies before the request is heard. */
const WAY_THERE = 0.5;
const LATE_MS = [500, 8_000] as const;
const SLOT_RETRY_AFTER_S = 5;
const STALE_REQUESTS = 3;

/** A render API on a timeline: one account of one plan. It trusts nobody, counts everything and keeps its own rules. */
export interface Vendor {
  readonly profile: Profile;
  /** Answers as the vendor would, as long after as it would take. A client that goes away is heard all the same. */
  handle(request: WireRequest): Promise<Outcome>;
  readonly tally: Tally;
  /** Every job of the account, oldest first. */
  readonly jobs: readonly SimulatedJob[];
  find(jobId: string): SimulatedJob | undefined;
  /** Milliseconds that the k-th job of ours takes, whether or not it was ever made. */
  renderMs(k: number): number;
  /** The most of ours and others' that one window let in, and that ran at the same time. */
  peaks(): { readonly requests: number; readonly jobs: number };
  /** Ends the other clients. */
  close(): void;
}

export function createVendor(profile: Profile, options: VendorOptions): Vendor {
  const { seed, timeline, latency = USUAL_LATENCY } = options;
  const dialect = DIALECTS[profile.vendor];
  const faults = { ...NO_FAULTS, ...options.faults };
  const tally = createTally();
  const travel = randomStream(seed, 'latency');
  const trouble = randomStream(seed, 'faults');
  const server = createServerClock(timeline, options.skewMs ?? 0);
  const kind = options.window ?? profile.window;
  const window = createRateWindow({ kind, limit: profile.requestsPerMinute, lengthMs: options.windowMs ?? 60_000 });
  const tellsRetryAfter = options.retryAfter ?? profile.retryAfter;
  const desk: JobDesk = createJobDesk({ profile, dialect, options, faults, tally, server });

  function tripMs(): number {
    const usual = travel.between(latency.lowMs, latency.highMs);
    return travel.chance(latency.outlierShare) ? usual * latency.outlierFactor : usual;
  }

  /** The request as the server hears it. */
  function arrive(request: WireRequest, requestKind: RequestKind, fault: Fault | undefined): Outcome {
    if (fault === 'reset-before') return reset;
    if (fault === 'silence-before') return silence;
    const stand = window.take(server.now());
    const stale = trouble.chance(faults.staleCounts) ? Math.ceil(trouble.next() * STALE_REQUESTS) : 0;
    const limit = profile.requestsPerMinute;
    const told = profile.tellsWindow
      ? {
          'x-ratelimit-limit': String(limit),
          'x-ratelimit-remaining': String(Math.min(limit, stand.remaining + stale)),
          'x-ratelimit-reset': String(Math.ceil(stand.resetAt / 1000)),
        }
      : {};
    const answered = (answer: WireAnswer, more: Readonly<Record<string, string>> = {}): Outcome => ({
      kind: 'answer',
      ...answer,
      headers: { date: server.dateHeader(), ...told, ...answer.headers, ...more },
    });
    if (!stand.isTaken) {
      tally.refusedRate += 1;
      const seconds = String(Math.max(1, Math.ceil((stand.resetAt - server.now()) / 1000)));
      return answered(dialect.refused('rate'), tellsRetryAfter ? { 'retry-after': seconds } : {});
    }
    if (fault === 'error') return answered(dialect.refused('fault'));
    if (fault === 'late-commit') {
      desk.serveLater(request, trouble.between(...LATE_MS));
      return reset;
    }
    const answer = desk.serve(request, requestKind);
    if (fault === 'error-after-work') return answered(dialect.refused('fault'));
    if (fault === 'reset-after') return reset;
    if (fault === 'silence-after') return silence;
    const isSlotRefusal = answer.status === 429 && profile.backlog === undefined;
    return answered(
      answer,
      isSlotRefusal && options.retryAfterOnSlots ? { 'retry-after': String(SLOT_RETRY_AFTER_S) } : {},
    );
  }

  const stopOthers = startOthers({ seed, timeline, others: options.others, window, server, desk });

  return {
    profile,
    tally,
    jobs: desk.jobs,
    find: desk.find,
    renderMs: desk.renderMs,
    peaks: () => ({ requests: window.peak, jobs: desk.peak() }),
    close: stopOthers,
    async handle(request) {
      const requestKind = dialect.kindOf(request);
      tally.requests[requestKind] += 1;
      tally.total += 1;
      const fault = drawFault(faults, trouble, requestKind === 'submit');
      if (fault !== undefined) tally.faults[fault] = (tally.faults[fault] ?? 0) + 1;
      const trip = tripMs();
      await pause(timeline, trip * WAY_THERE);
      const outcome = arrive(request, requestKind, fault);
      await pause(timeline, trip * (1 - WAY_THERE));
      return outcome;
    },
  };
}
