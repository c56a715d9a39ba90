import { createHmac, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream/promises';
import type { Provider } from './stage.ts';

/**
 * Both vendors after their pages, with everything in the test's hands: which account is refused with what, when a job ends
 * and how, which callbacks are sent. It shares no line with the sandbox, so that a mistake made there is seen here.
 */
export interface VendorStandIn {
  readonly baseUrls: Readonly<Record<Provider, string>>;
  /** Every submit of this account is refused with this answer. */
  refuse(apiKey: string, refusal: Refusal): void;
  /** Every job of this account has failed with this error as soon as it is looked at. */
  failJobs(apiKey: string, error: object): void;
  /** The jobs that an account has submitted, oldest first. */
  jobs(apiKey: string): readonly VendorJob[];
  /** Ends a job: with a result, or with this error. Tells nobody. */
  end(jobId: string, error?: object): void;
  /** Ends a job with a film of this many bytes. */
  endWithFilm(jobId: string, bytes: number): void;
  /** Sends a callback about a job to where its submit asked for it; gives the status that came back. */
  tell(jobId: string, callback?: Callback): Promise<number>;
  /** How often a path was asked for. */
  count(method: string, path: RegExp): number;
  close(): Promise<void>;
}

export interface Refusal {
  readonly status: number;
  readonly body: object;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Callback {
  /** What the body claims; default the job's own state. */
  readonly claims?: string;
  /** Signs as Rendobar does; left out, there is no signature. */
  readonly secret?: string;
  /** Another job than the one the callback is delivered for. */
  readonly aboutJob?: string;
  readonly url?: string;
}

export interface VendorJob {
  readonly id: string;
  readonly provider: Provider;
  readonly apiKey: string;
  readonly request: Readonly<Record<string, unknown>>;
  readonly callbackUrl: string | undefined;
  readonly state: 'running' | 'ended' | 'failed';
  readonly error: object | undefined;
  readonly filmUrl: string;
}

export async function startVendorStandIn(): Promise<VendorStandIn> {
  const refusals = new Map<string, Refusal>();
  const failures = new Map<string, object>();
  const jobs = new Map<string, VendorJob>();
  const calls: string[] = [];

  function submit(provider: Provider, apiKey: string, request: Record<string, unknown>): object {
    const callback = request.callback as { url?: string } | undefined;
    const uri = request.webhook_uri as string | undefined;
    const error = failures.get(apiKey);
    const id = provider === 'rendobar' ? `job_${randomUUID().slice(0, 8)}` : randomUUID();
    jobs.set(id, {
      id,
      provider,
      apiKey,
      request,
      callbackUrl: callback?.url ?? uri,
      state: error === undefined ? 'running' : 'failed',
      error,
      filmUrl: 'https://cdn.test/film.mp4',
    });
    return provider === 'rendobar'
      ? { data: { id, status: 'waiting' } }
      : { job_id: id, status: 'queued', estimated_credits: 1, credits_remaining: 100 };
  }

  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://stand.in');
    const [, provider, ...rest] = pathname.split('/') as [string, Provider, ...string[]];
    const path = `/${rest.join('/')}`;
    const method = request.method ?? 'GET';
    calls.push(`${method} ${path}`);
    const film = /^\/films\/(\d+)$/.exec(pathname);
    if (film) return pipeline(filmOf(Number(film[1])), response.writeHead(200, filmHeaders(film[1]))).catch(() => {});
    const body = await readJson(request);
    const key = apiKeyOf(request);
    const refusal = refusals.get(key);
    if (method === 'POST' && /^\/(jobs|api\/render(\/template)?)$/.test(path)) {
      if (refusal) return reply(response, refusal);
      return reply(response, { status: provider === 'rendobar' ? 201 : 202, body: submit(provider, key, body) });
    }
    const job = method === 'GET' ? jobs.get(/\/jobs\/([\w-]+)$/.exec(path)?.[1] ?? '') : undefined;
    if (job !== undefined && job.apiKey === key) return reply(response, { status: 200, body: wire(job) });
    if (method === 'GET' && /\/jobs$/.test(path)) return reply(response, { status: 200, body: list(provider, key) });
    reply(response, { status: 404, body: { error: { code: 'NOT_FOUND', message: 'Nothing here.' } } });
  });

  function list(provider: Provider, key: string): object {
    const own = [...jobs.values()].filter((job) => job.provider === provider && job.apiKey === key).reverse();
    if (provider === 'phantomflow') return { jobs: own.map(wire), total: own.length };
    return {
      data: own.map((job) => (wire(job) as { data: object }).data),
      meta: { total: own.length, page: 1, pages: 1, limit: 100, offset: 0 },
    };
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const jobOf = (id: string) => {
    const job = jobs.get(id);
    if (!job) throw new Error(`No job ${id}.`);
    return job;
  };
  return {
    baseUrls: { rendobar: `${url}/rendobar`, phantomflow: `${url}/phantomflow` },
    refuse: (apiKey, refusal) => void refusals.set(apiKey, refusal),
    failJobs: (apiKey, error) => void failures.set(apiKey, error),
    jobs: (apiKey) => [...jobs.values()].filter((job) => job.apiKey === apiKey),
    end(jobId, error) {
      jobs.set(jobId, { ...jobOf(jobId), state: error === undefined ? 'ended' : 'failed', error });
    },
    endWithFilm(jobId, bytes) {
      jobs.set(jobId, { ...jobOf(jobId), state: 'ended', filmUrl: `${url}/films/${bytes}` });
    },
    async tell(jobId, { claims, secret, aboutJob = jobId, url: target } = {}) {
      const job = jobOf(jobId);
      const raw = JSON.stringify(callbackBody(jobs.get(aboutJob) ?? { ...job, id: aboutJob }, claims));
      const timestamp = `${Math.floor(Date.now() / 1000)}`;
      const response = await fetch(target ?? job.callbackUrl ?? '', {
        method: 'POST',
        body: raw,
        headers: {
          'content-type': 'application/json',
          ...(secret === undefined ? {} : signatureHeaders(raw, timestamp, secret)),
        },
      });
      await response.arrayBuffer();
      return response.status;
    },
    count: (method, path) =>
      calls.filter((call) => call.startsWith(`${method} `) && path.test(call.slice(method.length + 1))).length,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function readJson(request: IncomingMessage): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString();
  return text.startsWith('{') ? JSON.parse(text) : {};
}

function apiKeyOf({ headers }: IncomingMessage): string {
  return headers.authorization?.replace(/^Bearer /, '') ?? String(headers['x-api-key'] ?? '');
}

function reply(response: ServerResponse, { status, body, headers = {} }: Refusal): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

const filmHeaders = (bytes: string | undefined) => ({ 'content-type': 'video/mp4', 'content-length': bytes ?? '0' });

/** So many bytes, made as they are asked for. */
function* filmOf(bytes: number): Generator<Buffer> {
  const piece = Buffer.alloc(1024 * 1024, 7);
  for (let left = bytes; left > 0; left -= piece.length) yield left < piece.length ? piece.subarray(0, left) : piece;
}

/** A job as its vendor shows it. */
function wire({ id, provider, state, error, filmUrl }: VendorJob): object {
  const file = { url: filmUrl, path: 'film.mp4', type: 'video', size: 10 };
  if (provider === 'phantomflow') {
    return {
      job_id: id,
      status: { running: 'processing', ended: 'completed', failed: 'failed' }[state],
      ...(state === 'ended' ? { output_url: filmUrl, duration_seconds: 1, credits_used: 1 } : {}),
      ...(state === 'failed' ? { error } : {}),
    };
  }
  return {
    data: {
      id,
      type: 'ffmpeg',
      status: { running: 'running', ended: 'complete', failed: 'failed' }[state],
      ...(state === 'ended' ? { output: { data: null, file, files: [file], expiresAt: 4_000_000_000_000 } } : {}),
      ...(state === 'failed' ? { error } : {}),
    },
  };
}

function callbackBody(job: VendorJob, claims: string | undefined): object {
  if (job.provider === 'phantomflow') return { ...wire(job), ...(claims === undefined ? {} : { status: claims }) };
  const status = claims ?? { running: 'running', ended: 'complete', failed: 'failed' }[job.state];
  const event = { complete: 'job.completed', failed: 'job.failed', running: 'job.started' }[status] ?? 'job.completed';
  return {
    version: '1',
    event,
    deliveryId: `whd_${randomUUID().slice(0, 8)}`,
    timestamp: Date.now(),
    orgId: 'org_1',
    data: { jobId: job.id, jobType: 'ffmpeg', status },
  };
}

function signatureHeaders(raw: string, timestamp: string, secret: string): Record<string, string> {
  const hex = createHmac('sha256', secret).update(`${timestamp}.${raw}`).digest('hex');
  return { 'x-rendobar-signature': `sha256=${hex}`, 'x-rendobar-timestamp': timestamp };
}
