import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { startStandIn } from '../journeys/mcp/stand-in.ts';
import type { RandomStream } from '../simulator/random.ts';
import type { Json } from './caller.ts';
import { type ApiAnswer, type Provider, refused, VENDOR_DIALECTS, type VendorJob } from './vendor-dialects.ts';

/** One plan of an account, and how its vendor keeps it. */
export interface Plan {
  readonly requestsPerMinute: number;
  /** More than so many requests in one second are refused too, although no header tells of it. */
  readonly requestsPerSecond: number;
  readonly concurrentJobs: number;
  /** Milliseconds that a render takes: the least and the most. */
  readonly renderMs: readonly [number, number];
  /** Milliseconds for which the slot of a job stays taken after its end was told. */
  readonly slotLagMs: number;
}

export interface CountingVendor {
  readonly url: string;
  /** By the digest of the request: how often it was rendered. */
  readonly renders: ReadonlyMap<string, number>;
  readonly refusals: { readonly rate: number; readonly jobs: number };
  /** The most jobs that held a slot at the same time. */
  readonly peakJobs: number;
  close(): Promise<void>;
}

interface Window {
  readonly endsAt: number;
  taken: number;
}

interface RunningJob extends VendorJob {
  readonly startedAt: number;
  readonly endsAt: number;
}

/** Milliseconds on the wire, each way. */
const TRIP_MS = [5, 40] as const;
const LONGEST_LIST = 100;

/** What a request asks for, whatever the order of its members and whatever key it travels under. */
export function digestOf(request: unknown): string {
  const plain = JSON.stringify(request, (name, value: unknown) => {
    if (name === 'idempotencyKey') return undefined;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
  return createHash('sha256').update(plain).digest('hex').slice(0, 24);
}

/**
 * A vendor of one's own making that keeps the limits of its plan, renders whatever it accepts and counts it. The address
 * of a film is the digest of the request that it was made of, so that a result can be held against its request.
 */
export async function startCountingVendor(
  provider: Provider,
  plan: Plan,
  random: RandomStream,
): Promise<CountingVendor> {
  const dialect = VENDOR_DIALECTS[provider];
  const jobs = new Map<string, RunningJob>();
  const byKey = new Map<string, string>();
  const renders = new Map<string, number>();
  const refusals = { rate: 0, jobs: 0 };
  let peakJobs = 0;
  let minute: Window = { endsAt: 0, taken: 0 };
  let second: Window = { endsAt: 0, taken: 0 };

  const slotsTaken = (now: number) =>
    [...jobs.values()].filter(({ startedAt, endsAt }) => startedAt <= now && endsAt + plan.slotLagMs > now).length;

  const view = ({ id, createdAt, startedAt, endsAt, url = '' }: RunningJob): VendorJob => {
    const now = Date.now();
    if (endsAt <= now) return { id, createdAt, state: 'complete', url };
    return { id, createdAt, state: startedAt <= now ? 'running' : 'waiting' };
  };

  /** When the next slot is free: now, or where jobs wait at the vendor, when enough of them have ended. */
  function nextStart(now: number): number {
    const ends = [...jobs.values()].map(({ endsAt }) => endsAt + plan.slotLagMs).filter((end) => end > now);
    if (ends.length < plan.concurrentJobs) return now;
    return ends.sort((a, b) => b - a)[plan.concurrentJobs - 1] ?? now;
  }

  function submit(body: Json): ApiAnswer {
    const now = Date.now();
    const key = dialect.hasKeys && typeof body.idempotencyKey === 'string' ? body.idempotencyKey : undefined;
    const known = jobs.get(byKey.get(key ?? '') ?? '');
    if (known) return dialect.accepted(view(known), true);
    if (!dialect.queues && slotsTaken(now) >= plan.concurrentJobs) {
      refusals.jobs += 1;
      return refused(429, dialect.tooManyJobs);
    }
    const digest = digestOf(body);
    const id = dialect.newId();
    const startedAt = nextStart(now);
    const endsAt = startedAt + random.between(...plan.renderMs);
    const job = {
      id,
      createdAt: now,
      startedAt,
      endsAt,
      url: `https://cdn.test/${digest}.mp4`,
      state: 'running',
    } as const;
    jobs.set(id, job);
    if (key !== undefined) byKey.set(key, id);
    renders.set(digest, (renders.get(digest) ?? 0) + 1);
    peakJobs = Math.max(peakJobs, slotsTaken(now));
    return dialect.accepted(job, false);
  }

  function serve(method: string, path: string, body: Json): ApiAnswer | undefined {
    if (method === 'POST') return submit(body);
    const id = /\/jobs\/([^/]+)$/.exec(path)?.[1];
    const job = jobs.get(id ?? '');
    if (job) return dialect.shown(view(job));
    if (!path.endsWith('/jobs')) return undefined;
    return dialect.listed([...jobs.values()].slice(-LONGEST_LIST).reverse().map(view), jobs.size);
  }

  /** The headers of the answer; with Retry-After where the request is one too many. */
  function admit(now: number): Readonly<Record<string, string>> {
    if (minute.endsAt <= now) minute = { endsAt: now + 60_000, taken: 0 };
    if (second.endsAt <= now) second = { endsAt: now + 1_000, taken: 0 };
    const isOfMinute = minute.taken >= plan.requestsPerMinute;
    const isRefused = isOfMinute || second.taken >= plan.requestsPerSecond;
    if (isRefused) refusals.rate += 1;
    else {
      minute.taken += 1;
      second.taken += 1;
    }
    const until = isOfMinute ? minute.endsAt : second.endsAt;
    return {
      'x-ratelimit-limit': String(plan.requestsPerMinute),
      'x-ratelimit-remaining': String(plan.requestsPerMinute - minute.taken),
      'x-ratelimit-reset': String(Math.ceil(minute.endsAt / 1000)),
      ...(isRefused && { 'retry-after': String(Math.ceil((until - now) / 1000)) }),
    };
  }

  const server = await startStandIn(async ({ method, path, body }) => {
    await pause(random.between(...TRIP_MS));
    const headers = admit(Date.now());
    const answer = headers['retry-after'] ? refused(429, dialect.tooManyRequests) : serve(method, path, body);
    await pause(random.between(...TRIP_MS));
    return answer && { ...answer, headers };
  });
  return {
    url: server.url,
    renders,
    refusals,
    get peakJobs() {
      return peakJobs;
    },
    close: server.close,
  };
}
