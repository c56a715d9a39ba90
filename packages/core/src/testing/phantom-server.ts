import type { HttpRequest } from '../ports/http-transport.ts';
import { type Answer, errorAnswer } from './scripted-transport.ts';
import type { VirtualClock } from './virtual-clock.ts';

export interface PhantomServer {
  readonly handle: (request: HttpRequest) => Answer;
  readonly stats: {
    rateRefusals: number;
    slotRefusals: number;
    mostRunning: number;
    started: number;
    mostInWindow: number;
  };
}

/**
 * A server that keeps PhantomFlow's documented limits: fixed windows of a minute with their headers, and jobs at a time.
 * Jobs of others can hold slots too.
 */
export function createPhantomServer(
  clock: VirtualClock,
  options: {
    readonly requestsPerMinute: number;
    readonly concurrentJobs: number;
    readonly jobMs: number;
    readonly hasList?: boolean;
    readonly skewMs?: number;
  },
): PhantomServer {
  const { requestsPerMinute, concurrentJobs, jobMs, hasList = true, skewMs = 0 } = options;
  const endsAt = new Map<string, number>();
  const stats = { rateRefusals: 0, slotRefusals: 0, mostRunning: 0, started: 0, mostInWindow: 0 };
  let windowStart = clock.now();
  let used = 0;

  const job = (id: string) => {
    const isDone = clock.now() >= (endsAt.get(id) ?? 0);
    return isDone
      ? { job_id: id, status: 'completed', output_url: `https://cdn.example/${id}.mp4`, credits_used: 4 }
      : { job_id: id, status: 'processing' };
  };

  function answer({ method, url }: HttpRequest): Answer {
    const path = new URL(url).pathname;
    if (method === 'POST') {
      const running = [...endsAt.values()].filter((end) => end > clock.now()).length;
      if (running >= concurrentJobs) {
        stats.slotRefusals += 1;
        return errorAnswer(429, 'CONCURRENCY_LIMIT_EXCEEDED');
      }
      stats.started += 1;
      stats.mostRunning = Math.max(stats.mostRunning, running + 1);
      const id = `job-${stats.started}`;
      endsAt.set(id, clock.now() + jobMs);
      return { status: 202, body: { job_id: id, status: 'queued', estimated_credits: 4, credits_remaining: 96 } };
    }
    if (path === '/api/jobs' && hasList) return { body: { data: [...endsAt.keys()].reverse().map(job) } };
    const id = path.replace('/api/jobs/', '');
    return endsAt.has(id) ? { body: job(id) } : errorAnswer(404, 'NOT_FOUND');
  }

  return {
    stats,
    handle(request) {
      const now = clock.now();
      while (now >= windowStart + 60_000) {
        windowStart += 60_000;
        used = 0;
      }
      used += 1;
      stats.mostInWindow = Math.max(stats.mostInWindow, used);
      const resetAt = windowStart + 60_000;
      const headers = {
        date: new Date(now + skewMs).toUTCString(),
        'x-ratelimit-limit': String(requestsPerMinute),
        'x-ratelimit-remaining': String(Math.max(0, requestsPerMinute - used)),
        'x-ratelimit-reset': String(Math.ceil((resetAt + skewMs) / 1000)),
      };
      if (used > requestsPerMinute) {
        stats.rateRefusals += 1;
        const wait = { 'retry-after': String(Math.ceil((resetAt - now) / 1000)) };
        return errorAnswer(429, 'RATE_LIMIT_EXCEEDED', {}, { ...headers, ...wait });
      }
      const given = answer(request);
      return { ...given, headers: { ...headers, ...given.headers } };
    },
  };
}
