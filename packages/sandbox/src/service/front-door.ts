import type { Context, MiddlewareHandler } from 'hono';
import type { Account } from './accounts.ts';
import type { CodeAction, JobFault, TransportAction } from './fault-rule.ts';
import { type CallFault, type FaultCall, FaultRuleError } from './faults.ts';
import { describeCall } from './journal-call.ts';
import type { Provider } from './plans.ts';
import { createRateWindow, type RateReading, type RateWindow } from './rate-window.ts';
import { readText } from './read-text.ts';
import type { SandboxService } from './service.ts';
import { breakTransport, type SocketBindings } from './transport-faults.ts';

/** What a route of a dialect finds on its context. */
export interface CallEnv {
  readonly Bindings: SocketBindings;
  readonly Variables: {
    /** The request's body as text. */
    readonly body: string;
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
  answerTooLarge(): Response;
  /** Headers about the rate window that every answer carries; none where the vendor documents none. */
  rateHeaders(reading: RateReading): Readonly<Record<string, string>>;
}

export const FAULT_HEADER = 'x-sandbox-fault';

/** Rendobar limits page: 100 MB. PhantomFlow's limit is unknown. */
const MAX_BODY_BYTES = 100 * 1024 * 1024;

/** Requests a minute that the rate headers show to callers without an account; nothing is refused by it. */
const STRANGER_LIMIT = 10;

/** A call on its way in. */
interface Visit {
  readonly call: FaultCall;
  readonly account: Account | undefined;
  readonly keyWasSent: boolean;
  readonly isPublic: boolean;
  readonly isTooLarge: boolean;
  /** Undefined on public routes, which are not counted. */
  readonly rate: (RateReading & { readonly allowed: boolean }) | undefined;
}

/**
 * The way into a dialect: who calls, within the rate window?, a fault rule?, a key? - then the route.
 * Every call is journalled, whatever became of it.
 */
export function frontDoor(dialect: Dialect, service: SandboxService): MiddlewareHandler<CallEnv> {
  // The documented headers stand on refused calls too, where there is no account to count for.
  const strangers = createRateWindow();

  return async (c, next) => {
    const at = service.clock.now();
    const body = await readText(c.req.raw, MAX_BODY_BYTES);
    const visit = receive(c, dialect, service, strangers);
    c.set('body', body ?? '');
    const faultId = await admit(c, next, { ...visit, isTooLarge: body === undefined }, dialect, service);
    const { path, accountId } = visit.call;
    const finished = {
      at,
      endedAt: service.clock.now(),
      provider: dialect.provider,
      path,
      body: body ?? '',
      accountId,
      faultId,
    };
    service.journal.add(await describeCall({ ...finished, request: c.req.raw, answer: c.res }));
  };
}

function receive(
  c: Context<CallEnv>,
  dialect: Dialect,
  service: SandboxService,
  strangers: RateWindow,
): Omit<Visit, 'isTooLarge'> {
  const { provider } = dialect;
  const { method } = c.req;
  const path = c.req.path.slice(`/${provider}`.length) || '/';
  const key = dialect.readKey(c.req.raw.headers);
  const account = key === undefined ? undefined : service.accounts.identify(provider, key);
  const isPublic = dialect.isPublic(method, path);
  const limit = account?.limits.requestsPerMinute ?? STRANGER_LIMIT;
  return {
    call: { provider, method, path, accountId: account?.id },
    account,
    keyWasSent: key !== undefined,
    isPublic,
    rate: isPublic ? undefined : (account?.window ?? strangers).take(service.clock.now(), limit),
  };
}

/** Answers the call and returns the id of the fault rule that had a hand in it, if one had. */
async function admit(
  c: Context<CallEnv>,
  next: () => Promise<void>,
  visit: Visit,
  dialect: Dialect,
  service: SandboxService,
): Promise<string | undefined> {
  const { call, account, rate } = visit;
  const answer = (response: Response) => {
    const rateHeaders = rate ? dialect.rateHeaders(rate) : {};
    for (const [name, value] of Object.entries(rateHeaders)) response.headers.set(name, value);
    c.res = response;
  };

  if (rate && account && !rate.allowed) {
    answer(dialect.answerRateLimited(rate.resetAt - service.clock.now()));
    return undefined;
  }

  const asked = readHeaderFault(service, dialect, c.req.header(FAULT_HEADER));
  if (asked instanceof Response) {
    c.res = asked;
    return undefined;
  }
  const fault = asked && 'ruleId' in asked ? asked : service.faults.takeForCall(call);
  if (fault && fault.delayMs > 0) await new Promise<void>((wake) => service.clock.after(fault.delayMs, wake));
  const action = fault?.action;
  if (action && 'code' in action) {
    answer(dialect.answerCode(action));
    return fault?.ruleId;
  }
  if (action && !comesAfter(action)) {
    c.res = await breakTransport(action.transport, c.env);
    return fault?.ruleId;
  }

  if (visit.isTooLarge) {
    answer(dialect.answerTooLarge());
  } else if (account || visit.isPublic) {
    if (account) c.set('account', account);
    const forJob = asked && 'job' in asked ? asked.job : undefined;
    c.set('takeJobFault', () => forJob ?? service.faults.takeForJob(call));
    await next();
    answer(c.res);
  } else {
    answer(dialect.answerUnauthorized(visit.keyWasSent));
  }
  if (action) c.res = await breakTransport(action.transport, c.env, c.res);
  return fault?.ruleId;
}

function comesAfter({ transport, when }: TransportAction): boolean {
  return when === 'after' || transport === 'truncate';
}

/** The fault that a call asks for itself, or the answer to a header that makes no sense. */
function readHeaderFault(
  service: SandboxService,
  dialect: Dialect,
  value: string | undefined,
): CallFault | { readonly job: JobFault } | Response | undefined {
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
