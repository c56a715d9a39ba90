import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * A stand-in for both vendors that counts renders: plain node:http after the vendors' pages, sharing no line with the core
 * or the sandbox. Time passes for real; a job of it is a row that ends after a while.
 */

export interface Limits {
  readonly requestsPerMinute: number;
  readonly concurrentJobs: number;
}

export interface VendorOptions {
  readonly limits?: Limits;
  /** Milliseconds that a render takes. */
  readonly renderMs?: (marker: string) => number;
  /** Milliseconds from a request to its answer; the work of a request is done at half of them. */
  readonly latencyMs?: () => number;
}

export interface Render {
  readonly id: string;
  readonly provider: ProviderId;
  /** What the request asked to be shown: a result that shows another is somebody else's. */
  readonly marker: string;
  readonly createdAt: number;
  readonly endsAt: number;
  readonly key: string | undefined;
}

export type ProviderId = 'rendobar' | 'phantomflow';

/** What a submit meets before it is carried out, and before it is answered. A promise that stays open holds it there. */
export interface Gates {
  arriving?: (marker: string) => Promise<void> | undefined;
  answering?: (marker: string) => Promise<void> | undefined;
}

export interface Vendor {
  readonly url: string;
  readonly renders: readonly Render[];
  readonly gates: Gates;
  /** Answers of 429 and the like, by provider code. */
  readonly refusals: ReadonlyMap<string, number>;
  close(): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

const WINDOW_MS = 60_000;

const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

async function readBody(request: IncomingMessage): Promise<Readonly<Record<string, unknown>>> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return chunks.length === 0 ? {} : (JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown>);
}

/** The request that asks for this marker, as each vendor's pages have it. */
export function requestFor(provider: ProviderId, marker: string): unknown {
  return provider === 'phantomflow'
    ? { scenes: [{ duration: 1, elements: [{ type: 'text', text: marker }] }] }
    : { type: 'ffmpeg', inputs: {}, params: { command: `ffmpeg -f lavfi -i color -metadata title=${marker} out.mp4` } };
}

const markerOf = (body: unknown): string => /(?:"text":"|title=)([\w-]+)/.exec(JSON.stringify(body))?.[1] ?? '';

const iso = (ms: number): string => new Date(ms).toISOString();

export async function startVendor(options: VendorOptions = {}): Promise<Vendor> {
  const { limits = { requestsPerMinute: 6_000, concurrentJobs: 100 } } = options;
  const renderMs = options.renderMs ?? (() => 100);
  const latencyMs = options.latencyMs ?? (() => 4);
  const renders: Render[] = [];
  const gates: Gates = {};
  const refusals = new Map<string, number>();
  const windows = new Map<ProviderId, { endsAt: number; used: number }>();

  const isRunning = (render: Render): boolean => render.endsAt > Date.now();
  const outputOf = (marker: string): string => `https://files.test/${marker}.mp4`;

  function refuse(status: number, code: string, message: string): Answer {
    refusals.set(code, (refusals.get(code) ?? 0) + 1);
    return { status, body: { error: { code, message } } };
  }

  function make(provider: ProviderId, body: unknown, key?: string): Render {
    const createdAt = Date.now();
    const id = `${provider === 'rendobar' ? 'job' : 'pf'}_${renders.length + 1}`;
    const marker = markerOf(body);
    const render = { id, provider, marker, createdAt, endsAt: createdAt + renderMs(marker), key };
    renders.push(render);
    return render;
  }

  const show = {
    phantomflow: (render: Render) => ({
      job_id: render.id,
      status: isRunning(render) ? 'processing' : 'completed',
      created_at: iso(render.createdAt),
      ...(isRunning(render) ? {} : { output_url: outputOf(render.marker) }),
    }),
    rendobar: (render: Render) => ({
      id: render.id,
      status: isRunning(render) ? 'running' : 'complete',
      createdAt: render.createdAt,
      ...(isRunning(render) ? {} : { output: { file: { url: outputOf(render.marker) } } }),
    }),
  };

  function submit(provider: ProviderId, body: Readonly<Record<string, unknown>>): Answer {
    if (provider === 'rendobar') {
      const key = typeof body.idempotencyKey === 'string' ? body.idempotencyKey : undefined;
      const known = key === undefined ? undefined : renders.find((render) => render.key === key);
      const render = known ?? make(provider, body, key);
      return { status: 201, body: { data: { ...show.rendobar(render), ...(known && { idempotent: true }) } } };
    }
    const running = renders.filter((render) => render.provider === provider && isRunning(render)).length;
    if (running >= limits.concurrentJobs)
      return refuse(429, 'CONCURRENCY_LIMIT_EXCEEDED', 'Too many renders at the same time.');
    return { status: 202, body: show.phantomflow(make(provider, body)) };
  }

  function look(provider: ProviderId, id: string | undefined): Answer {
    const own = renders.filter((render) => render.provider === provider);
    if (id === undefined) {
      const page = own.slice(-100).reverse();
      return provider === 'rendobar'
        ? { status: 200, body: { data: page.map(show.rendobar) } }
        : { status: 200, body: { jobs: page.map(show.phantomflow) } };
    }
    const render = own.find((one) => one.id === id);
    if (!render) return refuse(404, 'NOT_FOUND', 'No such job.');
    return provider === 'rendobar'
      ? { status: 200, body: { data: show.rendobar(render) } }
      : { status: 200, body: show.phantomflow(render) };
  }

  async function answer(provider: ProviderId, method: string, path: string, body: Record<string, unknown>) {
    const isSubmit = method === 'POST' && /^\/(jobs|api\/render)$/.test(path);
    if (isSubmit) {
      await gates.arriving?.(markerOf(body));
      const answered = submit(provider, body);
      await gates.answering?.(markerOf(body));
      return answered;
    }
    const [, id] = /\/jobs(?:\/([^/]+))?$/.exec(path) ?? [];
    if (method === 'GET' && /^\/(api\/)?jobs(\/[^/]+)?$/.test(path)) return look(provider, id);
    return refuse(404, 'NOT_FOUND', 'Nothing here.');
  }

  function count(provider: ProviderId): { readonly used: number; readonly endsAt: number } {
    const now = Date.now();
    const known = windows.get(provider);
    const current = known && known.endsAt > now ? known : { endsAt: now + WINDOW_MS, used: 0 };
    current.used += 1;
    windows.set(provider, current);
    return current;
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [, provider = '', ...rest] = (request.url ?? '').split('?')[0]?.split('/') ?? [];
    if (provider !== 'rendobar' && provider !== 'phantomflow') {
      response.writeHead(404).end();
      return;
    }
    const body = { ...(await readBody(request)) };
    const latency = latencyMs() / 2;
    await pause(latency);
    const { used, endsAt } = count(provider);
    const isOver = used > limits.requestsPerMinute;
    const { status, body: told } = isOver
      ? refuse(429, provider === 'rendobar' ? 'RATE_LIMITED' : 'RATE_LIMIT_EXCEEDED', 'Too many requests.')
      : await answer(provider, request.method ?? 'GET', `/${rest.join('/')}`, body);
    await pause(latency);
    response.writeHead(status, {
      'content-type': 'application/json',
      'x-ratelimit-limit': String(limits.requestsPerMinute),
      'x-ratelimit-remaining': String(Math.max(0, limits.requestsPerMinute - used)),
      'x-ratelimit-reset': String(Math.ceil(endsAt / 1000)),
    });
    response.end(JSON.stringify(told));
  }

  const server = createServer((request, response) => {
    serve(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    renders,
    gates,
    refusals,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}
