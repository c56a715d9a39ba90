import { digestBody, type JournalEntry, redactPath } from './journal.ts';

/** One call and its answer, before anything secret has been taken out. */
export interface FinishedCall {
  readonly at: number;
  readonly endedAt: number;
  readonly provider: string;
  readonly request: Request;
  /** Path below the provider's base URL. */
  readonly path: string;
  /** The request's body; empty where there was none. */
  readonly body: string;
  /** Absent where the connection was broken before there was one. */
  readonly answer: Response | undefined;
  readonly accountId: string | undefined;
  readonly faultId: string | undefined;
  readonly transport?: string | undefined;
}

/** What the journal keeps of a call. */
export async function describeCall(call: FinishedCall): Promise<Omit<JournalEntry, 'id'>> {
  const { request, body, answer } = call;
  return {
    at: call.at,
    provider: call.provider,
    method: request.method,
    path: redactPath(call.path + new URL(request.url).search),
    status: answer?.status ?? 0,
    durationMs: call.endedAt - call.at,
    bodyBytes: Buffer.byteLength(body),
    ...defined({
      bodySha256: body === '' ? undefined : digestBody(body),
      code: answer && (await readCode(answer)),
      accountId: call.accountId,
      faultId: call.faultId,
      transport: call.transport,
      userAgent: request.headers.get('user-agent') ?? undefined,
      idempotencyKey: readIdempotencyKey(body),
    }),
  };
}

async function readCode(answer: Response): Promise<string | undefined> {
  if (answer.status < 400 || !answer.headers.get('content-type')?.includes('json')) return undefined;
  return stringAt(parse(await answer.clone().text()), 'error', 'code');
}

function readIdempotencyKey(body: string): string | undefined {
  // Most bodies have none: those are not parsed a second time.
  return body.includes('"idempotencyKey"') ? stringAt(parse(body), 'idempotencyKey') : undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function stringAt(value: unknown, ...steps: readonly string[]): string | undefined {
  let at = value;
  for (const step of steps) at = typeof at === 'object' && at !== null ? Reflect.get(at, step) : undefined;
  return typeof at === 'string' ? at : undefined;
}

type Defined<Fields> = { readonly [Name in keyof Fields]?: Exclude<Fields[Name], undefined> };

function defined<Fields extends object>(fields: Fields): Defined<Fields> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Defined<Fields>;
}
