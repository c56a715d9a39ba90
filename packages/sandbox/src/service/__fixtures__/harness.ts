import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { DEFAULT_KEYS, type LimitOverrides } from '../accounts.ts';
import { createApp, VOCABULARY } from '../app.ts';
import { createSandboxClock, type SandboxClock } from '../clock.ts';
import { openEngine } from '../engine-door.ts';
import type { FaultRule } from '../fault-rule.ts';
import type { Provider } from '../plans.ts';
import { createService, type SandboxService } from '../service.ts';
import { uploadHost } from '../upload-host.ts';
import type { WebhookPost } from '../webhooks.ts';
import { createFakeRenderer, type FakeRenderer, type FinishOptions } from './fake-renderer.ts';

/** A round Unix time: windows and stamps in assertions stay readable. */
export const START = Date.UTC(2026, 8, 1, 12);

export interface CallOptions {
  readonly method?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly key?: string | null;
}

/** An answer, read. `json` is what a test looks into; it is not checked. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: assertions look into answers whose shape is what they test.
  readonly json: any;
}

export interface Harness {
  readonly service: SandboxService;
  readonly renderer: FakeRenderer;
  readonly clock: SandboxClock;
  readonly dataDir: string;
  /** Webhook posts in their order. */
  readonly posts: readonly WebhookPost[];
  /** Statuses that receivers answer with, in order; then 200. */
  answerWebhooks(...statuses: readonly number[]): void;
  rendobar(path: string, options?: CallOptions): Promise<Answer>;
  phantomflow(path: string, options?: CallOptions): Promise<Answer>;
  control(path: string, options?: CallOptions): Promise<Answer>;
  /** Calls the upload host by a whole URL, as a client does that was given a link. */
  storage(url: string, options?: CallOptions): Promise<Answer>;
  close(): Promise<void>;
}

export interface HarnessOptions {
  readonly limits?: LimitOverrides;
  readonly faults?: readonly FaultRule[];
  readonly parallelism?: number;
  readonly strict?: boolean;
}

/** The whole service in process: virtual time, a fake engine, no socket. */
export async function createHarness(options: HarnessOptions = {}): Promise<Harness> {
  const dataDir = await mkdtemp(join(tmpdir(), 'renderq-harness-'));
  const clock = createSandboxClock({ now: () => START });
  const renderer = createFakeRenderer();
  const posts: WebhookPost[] = [];
  const statuses: number[] = [];
  const service = createService({
    clock,
    dataDir,
    engine: openEngine(async () => renderer),
    parallelism: options.parallelism ?? 2,
    publicUrl: () => 'http://sandbox.test',
    uploadUrl: () => 'http://storage.sandbox.test',
    postWebhook: async (post) => {
      posts.push(post);
      return statuses.shift() ?? 200;
    },
    vocabulary: VOCABULARY,
    ...(options.faults ? { faults: options.faults } : {}),
    ...(options.limits ? { limits: options.limits } : {}),
    ...(options.strict === undefined ? {} : { strict: options.strict }),
  });
  const app = createApp(service, { withControlPlane: true });
  const storage = uploadHost(service);

  const call = (path: string, options: CallOptions) =>
    send((request) => app.fetch(request), `http://sandbox.test${path}`, options);

  async function send(
    fetchApp: (request: Request) => Response | Promise<Response>,
    url: string,
    { method, body, headers }: CallOptions,
  ): Promise<Answer> {
    const init: RequestInit = {
      method: method ?? (body === undefined ? 'GET' : 'POST'),
      headers: { ...headers },
      ...(body === undefined ? {} : { body: isRaw(body) ? body : JSON.stringify(body) }),
    };
    const answer = await fetchApp(new Request(url, init));
    const text = await answer.text();
    const isJson = text !== '' && (answer.headers.get('content-type')?.includes('json') ?? false);
    return { status: answer.status, headers: answer.headers, text, json: isJson ? JSON.parse(text) : undefined };
  }

  const withKey = (provider: Provider, options: CallOptions, header: (key: string) => Record<string, string>) => {
    const key = options.key === undefined ? DEFAULT_KEYS[provider] : options.key;
    return { ...options, headers: { ...(key === null ? {} : header(key)), ...options.headers } };
  };

  return {
    service,
    renderer,
    clock,
    dataDir,
    posts,
    answerWebhooks: (...next) => {
      statuses.push(...next);
    },
    rendobar: (path, options = {}) =>
      call(
        `/rendobar${path}`,
        withKey('rendobar', options, (key) => ({ authorization: `Bearer ${key}` })),
      ),
    phantomflow: (path, options = {}) =>
      call(
        `/phantomflow${path}`,
        withKey('phantomflow', options, (key) => ({ 'x-api-key': key })),
      ),
    control: (path, options = {}) => call(`/_sandbox${path}`, options),
    storage: (url, options = {}) => send((request) => storage.fetch(request, {}), url, options),
    async close() {
      await service.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** What goes out as it is; anything else goes out as JSON. */
function isRaw(body: unknown): body is string | Uint8Array<ArrayBuffer> {
  return typeof body === 'string' || body instanceof Uint8Array;
}

/** Lets every pending promise and the microtasks behind it run. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** The disk of a busy machine may be slow; a test that passes never waits so long. */
const PATIENCE_MS = 4000;

/** Waits for something that the file system or a promise will bring about; fails the test when it does not come. */
export async function until(condition: () => boolean): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while (performance.now() < deadline) {
    if (condition()) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
  throw new Error(`This never became true: ${condition}`);
}

/** Ends the oldest render under way and waits until its job has ended. */
export async function finishRender(harness: Harness, options: FinishOptions = {}): Promise<void> {
  await harness.renderer.started(1);
  const [render] = harness.renderer.pending;
  const jobId = basename(render?.context.workDir ?? '');
  await render?.finish(options);
  await until(() => harness.service.jobs.get(jobId)?.completedAt !== undefined);
}
