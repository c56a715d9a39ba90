import type { Stage } from '../../simulator/scenario.ts';
import { BASE_URL } from './simulated-fetch.ts';

export interface Call {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Readonly<Record<string, unknown>>;
}

/** Makes one call, with all the patience that a client has, and gives the body of its 2xx answer. */
export type Caller = (call: Call) => Promise<unknown>;

/** The calls of one vendor as its pages show them. */
export interface VendorCalls {
  submit(item: number): Call;
  idOf(answer: unknown): string;
  look(jobId: string): Call;
  isEnded(answer: unknown): boolean;
}

type Loose = Readonly<Record<string, unknown>>;

/** Rendobar's key goes into the body: whoever reads its pages knows; PhantomFlow has none. */
export function vendorCalls(stage: Stage): VendorCalls {
  const { profile, scenario } = stage;
  const json = { 'content-type': 'application/json' };
  if (profile.vendor === 'phantomflow') {
    const headers = { ...json, 'x-api-key': 've_live_simulated' };
    return {
      submit: (item) => ({
        method: 'POST',
        url: `${BASE_URL}/api/render`,
        headers,
        body: stage.requestOf(item),
      }),
      idOf: (answer) => String((answer as Loose).job_id),
      look: (id) => ({ method: 'GET', url: `${BASE_URL}/api/jobs/${id}`, headers }),
      isEnded: (answer) => ['completed', 'failed'].includes(String((answer as Loose).status)),
    };
  }
  const headers = { ...json, authorization: 'Bearer rb_simulated' };
  const dataOf = (answer: unknown) => (answer as { readonly data: Loose }).data;
  return {
    submit: (item) => ({
      method: 'POST',
      url: `${BASE_URL}/jobs`,
      headers,
      body: { ...stage.requestOf(item), idempotencyKey: `run-${scenario.seed}-item-${item}` },
    }),
    idOf: (answer) => String(dataOf(answer).id),
    look: (id) => ({ method: 'GET', url: `${BASE_URL}/jobs/${id}`, headers }),
    isEnded: (answer) => ['complete', 'failed', 'cancelled'].includes(String(dataOf(answer).status)),
  };
}

/** Submits an item and looks at it at even distances until it has ended. An error loses it. */
export async function renderItem(
  stage: Stage,
  item: number,
  { call, pollMs }: { readonly call: Caller; readonly pollMs: number },
): Promise<void> {
  const calls = vendorCalls(stage);
  try {
    const id = calls.idOf(await call(calls.submit(item)));
    do await sleep(pollMs);
    while (!calls.isEnded(await call(calls.look(id))));
    stage.ledger.ended(item, id);
  } catch (error) {
    stage.ledger.lost(item, error instanceof Error ? error.message.slice(0, 60) : String(error));
  }
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** What a client throws for a status that is none of 2xx. */
export class StatusError extends Error {
  readonly status: number;
  /** Milliseconds, where the answer names them. */
  readonly retryAfterMs: number | undefined;
  constructor(response: Response) {
    super(`status ${response.status}`);
    this.status = response.status;
    const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
    this.retryAfterMs = Number.isNaN(seconds) ? undefined : seconds * 1000;
  }
}

const REQUEST_TIMEOUT_MS = 30_000;

/** One attempt with fetch, of at most 30 seconds. */
export async function fetchJson(fetch: typeof globalThis.fetch, call: Call): Promise<unknown> {
  const { url, method, headers, body } = call;
  const timeout = new AbortController();
  // AbortSignal.timeout keeps time by a clock that cannot be faked.
  const timer = setTimeout(() => timeout.abort(new Error('timeout')), REQUEST_TIMEOUT_MS);
  try {
    const response = await fetch(url, {
      method,
      headers: { ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: timeout.signal,
    });
    if (!response.ok) throw new StatusError(response);
    return await response.json();
  } finally {
    clearTimeout(timer);
  }
}
