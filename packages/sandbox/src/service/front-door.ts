import type { MiddlewareHandler } from 'hono';
import type { Account } from './accounts.ts';
import type { CodeAction, JobFault } from './fault-rule.ts';
import { type CallFault, type FaultCall, FaultRuleError } from './faults.ts';
import { digestBody, redactPath } from './journal.ts';
import type { Provider } from './plans.ts';
import { createRateWindow, type RateReading } from './rate-window.ts';
import type { SandboxService } from './service.ts';
import { breakTransport, type SocketBindings } from './transport-faults.ts';

/** What a route of a dialect finds on its context. */
export interface CallEnv {
  readonly Bindings: SocketBindings;
  readonly Variables: {
    /** Set on every route that is not public. */
    readonly account: Account;
    /** The fault for the job that this call creates; asking uses it up. */
    readonly takeJobFault: () => JobFault | undefined;
  };
}

/** How one vendor's API looks from outside, before any route. */
export interface Dialect {
  readonly provider: Provider;
  /** The API key of a call, however the vendor wants it sent. */
  readKey(headers: Headers): string | undefined;
  /** Routes that need no key. `path` is below the base URL. */
  isPublic(method: string, path: string): boolean;
  /** A code of the vendor's table, in the vendor's shape, as if it had happened. */
  answerCode(action: CodeAction): Response;
  answerUnauthorized(keyWasSent: boolean): Response;
  answerRateLimited(retryAfterMs: number): Response;
  /** Headers about the rate window that every answer carries; none where the vendor documents none. */
  rateHeaders(reading: RateReading): Readonly<Record<string, string>>;
}

export const FAULT_HEADER = 'x-sandbox-fault';

/**
 * The way into a dialect: who calls, within the rate window?, a fault rule?, a key? - then the route.
 * Every call is journalled, whatever became of it.
 */
export function frontDoor(dialect: Dialect, service: SandboxService): MiddlewareHandler<CallEnv> {
  // The documented headers stand on refused calls too, where there is no account to count for.
  const strangers = createRateWindow();

  return async (c, next) => {
    const startedAt = service.clock.now();
    const { method } = c.req;
    const url = new URL(c.req.url);
    const path = url.pathname.replace(`/${dialect.provider}`, '') || '/';
    const key = dialect.readKey(c.req.raw.headers);
    const account = key === undefined ? undefined : service.accounts.identify(dialect.provider, key);
    const call: FaultCall = { provider: dialect.provider, method, path, accountId: account?.id };
    const isPublic = dialect.isPublic(method, path);
    let fault: CallFault | undefined;
    let headerFault: ReturnType<typeof readHeaderFault>;

    const respond = async (): Promise<Response | undefined> => {
      const now = service.clock.now();
      const limit = account?.limits.requestsPerMinute ?? STRANGER_LIMIT;
      const reading = isPublic ? undefined : (account?.window ?? strangers).take(now, limit);
      const withRate = (answer: Response) => {
        if (reading)
          for (const [name, value] of Object.entries(dialect.rateHeaders(reading))) answer.headers.set(name, value);
        return answer;
      };
      if (reading && account && !reading.allowed) return withRate(dialect.answerRateLimited(reading.resetAt - now));

      headerFault = readHeaderFault(service, dialect, c.req.header(FAULT_HEADER));
      if (headerFault instanceof Response) return headerFault;
      fault = headerFault && 'ruleId' in headerFault ? headerFault : service.faults.takeForCall(call);
      if (fault && fault.delayMs > 0) await new Promise<void>((wake) => service.clock.after(fault?.delayMs ?? 0, wake));
      const action = fault?.action;
      if (action && 'code' in action) return withRate(dialect.answerCode(action));
      const isAfter = action?.when === 'after' || action?.transport === 'truncate';
      if (action && !isAfter) return breakTransport(action.transport, c.env);

      if (!isPublic && !account) return withRate(dialect.answerUnauthorized(key !== undefined));
      if (account) c.set('account', account);
      const forJob = headerFault && 'job' in headerFault ? headerFault.job : undefined;
      c.set('takeJobFault', () => forJob ?? service.faults.takeForJob(call));
      await next();
      if (!action) {
        withRate(c.res);
        return undefined;
      }
      return breakTransport(action.transport, c.env, withRate(c.res));
    };

    // The body is read through Hono's cache, so that the route can read it again.
    const body = method === 'GET' || method === 'HEAD' ? '' : await c.req.text();
    const answer = await respond();
    if (answer) c.res = answer;
    const code = await readCode(c.res);
    service.journal.add({
      at: startedAt,
      provider: dialect.provider,
      method,
      path: redactPath(path + url.search),
      status: c.res.status,
      durationMs: service.clock.now() - startedAt,
      bodyBytes: Buffer.byteLength(body),
      ...(body === '' ? {} : { bodySha256: digestBody(body) }),
      ...(code === undefined ? {} : { code }),
      ...(account ? { accountId: account.id } : {}),
      ...(fault ? { faultId: fault.ruleId } : {}),
      ...optional('userAgent', c.req.header('user-agent')),
      ...optional('idempotencyKey', readIdempotencyKey(body)),
    });
  };
}

const STRANGER_LIMIT = 10;

function readHeaderFault(service: SandboxService, dialect: Dialect, value: string | undefined) {
  if (value === undefined) return undefined;
  try {
    return service.faults.readHeader(dialect.provider, value);
  } catch (error) {
    if (!(error instanceof FaultRuleError)) throw error;
    // Not vendor-shaped on purpose: a misspelt rehearsal must not pass for the vendor's word.
    const message = `${FAULT_HEADER}: ${error.message}`;
    return Response.json({ error: { code: 'SANDBOX_FAULT_UNKNOWN', message } }, { status: 400 });
  }
}

async function readCode(answer: Response): Promise<string | undefined> {
  if (answer.status < 400 || !answer.headers.get('content-type')?.includes('json')) return undefined;
  const body: unknown = await answer
    .clone()
    .json()
    .catch(() => undefined);
  const code = readPath(body, 'error', 'code');
  return typeof code === 'string' ? code : undefined;
}

function readIdempotencyKey(body: string): string | undefined {
  if (!body.includes('"idempotencyKey"')) return undefined;
  try {
    const key = readPath(JSON.parse(body), 'idempotencyKey');
    return typeof key === 'string' ? key : undefined;
  } catch {
    return undefined;
  }
}

function readPath(value: unknown, ...steps: readonly string[]): unknown {
  return steps.reduce<unknown>(
    (at, step) => (typeof at === 'object' && at !== null ? Reflect.get(at, step) : undefined),
    value,
  );
}

function optional<Name extends string>(name: Name, value: string | undefined): { readonly [N in Name]?: string } {
  return value === undefined ? {} : ({ [name]: value } as { readonly [N in Name]?: string });
}
