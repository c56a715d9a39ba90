/** An answer, read. `json` is what a check looks into; it is undefined where the body is no JSON. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: checks look into answers whose shape is what they check.
  readonly json: any;
}

export interface CallOptions {
  readonly method?: string;
  /** Goes out as JSON; text and bytes go out as they are. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Default: the target's own. `null` sends none. */
  readonly key?: string | null;
}

/** An account of one vendor: the sandbox's, or a real one. */
export interface Target {
  /** Calls a path below the vendor's base URL. */
  call(path: string, options?: CallOptions): Promise<Answer>;
  /** Calls a whole URL with no key, as one follows a signed link. */
  open(url: string, options?: Omit<CallOptions, 'key'>): Promise<Answer>;
}

/** One POST that a receiver got. */
export interface ReceivedPost {
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly text: string;
}

export interface Receiver {
  readonly url: string;
  readonly posts: readonly ReceivedPost[];
  /** Statuses of the next answers; then 200. */
  answer(...statuses: readonly number[]): void;
}

/** The sandbox, with its control plane. */
export interface SandboxTarget extends Target {
  /** A key of the same vendor, on a plan. */
  keyOn(plan: string): string;
  /** Calls the control plane; throws where it refuses. */
  control(path: string, body?: unknown, method?: string): Promise<Answer>;
  advance(ms: number): Promise<void>;
  /** Credits, or US dollars on Rendobar. */
  setAccount(change: object, key?: string): Promise<Answer>;
  receiver(): Promise<Receiver>;
}

export async function send(
  url: string,
  options: CallOptions,
  keyHeader: Readonly<Record<string, string>>,
): Promise<Answer> {
  const { body, method = body === undefined ? 'GET' : 'POST', headers } = options;
  const isRaw = typeof body === 'string' || body instanceof Uint8Array;
  const response = await fetch(url, {
    method,
    headers: {
      ...(body === undefined || isRaw ? {} : { 'content-type': 'application/json' }),
      ...keyHeader,
      ...headers,
    },
    ...(body === undefined ? {} : { body: isRaw ? (body as string | Uint8Array<ArrayBuffer>) : JSON.stringify(body) }),
    // A vendor that does not answer must not hold the suite for ever.
    signal: AbortSignal.timeout(30_000),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, json: parse(text) };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export type Vendor = 'rendobar' | 'phantomflow';

export function keyHeader(vendor: Vendor, key: string | null): Readonly<Record<string, string>> {
  if (key === null) return {};
  return vendor === 'rendobar' ? { authorization: `Bearer ${key}` } : { 'x-api-key': key };
}

/** Asks again until the answer is what is waited for; fails with the last one. */
export async function eventually<T>(
  ask: () => Promise<T>,
  isIt: (value: NoInfer<T>) => boolean,
  patienceMs = 60_000,
): Promise<T> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const value = await ask();
    if (isIt(value)) return value;
    if (Date.now() > deadline) throw new Error(`It never came: ${JSON.stringify(value)?.slice(0, 500)}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
