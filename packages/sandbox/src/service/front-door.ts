import type { Context, MiddlewareHandler } from 'hono';
import type { Account } from './accounts.ts';
import { FaultRuleError } from './fault-check.ts';
import { FAULT_WORDS } from './fault-header.ts';
import type { FaultCall } from './fault-match.ts';
import type { CodeAction, JobFault, TransportAction, TransportFaultKind } from './fault-rule.ts';
import type { CallFault } from './faults.ts';
import { describeCall } from './journal-call.ts';
import type { Provider } from './plans.ts';
import { createRateWindow, type RateReading, type RateWindow } from './rate-window.ts';
import { readText } from './read-text.ts';
import type { SandboxService } from './service.ts';
import { breakTransport, comesAfter, type SocketBindings, standInFor } from './transport-faults.ts';

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
  /** The job type that a submit names; undefined for any other call. */
  submittedType(method: string, path: string, body: string): string | undefined;
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

/** The pause that a rehearsed rate refusal names. */
const FAULT_RETRY_AFTER_MS = 1000;

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
    const visit = receive(c, body ?? '', dialect, service, strangers);
    c.set('body', body ?? '');
    const { faultId, transport, wreck } = await admit(
      c,
      next,
      { ...visit, isTooLarge: body === undefined },
      dialect,
      service,
    );
    const { path, accountId } = visit.call;
    const isLost = wreck !== undefined && !comesAfter(wreck);
    const finished = {
      at,
      endedAt: service.clock.now(),
      provider: dialect.provider,
      path,
      body: body ?? '',
      accountId,
      faultId,
      transport: transport ?? wreck?.transport,
    };
    service.journal.add(await describeCall({ ...finished, request: c.req.raw, answer: isLost ? undefined : c.res }));
    if (!wreck) return;
    // Written down first: a stalled call ends when the client gives up, and a dripping answer must not be read here.
    const call = { bindings: c.env, clock: service.clock };
    c.res = await breakTransport(wreck, isLost ? call : { ...call, answer: c.res });
  };
}

/** What became of a call at the door. */
interface Admission {
  /** The fault rule that had a hand in it, if one had. */
  readonly faultId?: string | undefined;
  /** The answer is what a transport fault put in its place. */
  readonly transport?: TransportFaultKind;
  /** The connection is still to be broken. */
  readonly wreck?: TransportAction;
}

function receive(
  c: Context<CallEnv>,
  body: string,
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
    call: {
      provider,
      method,
      path,
      accountId: account?.id,
      jobType: dialect.submittedType(method, path, body) ?? typeOfNamedJob(path, service),
    },
    account,
    keyWasSent: key !== undefined,
    isPublic,
    rate: isPublic ? undefined : (account?.window ?? strangers).take(service.clock.now(), limit),
  };
}

/** The type of the job whose id is a part of the path. */
function typeOfNamedJob(path: string, service: SandboxService): string | undefined {
  for (const part of path.split('/')) {
    const job = service.jobs.get(part);
    if (job) return job.type;
  }
  return undefined;
}

/** Answers the call. */
async function admit(
  c: Context<CallEnv>,
  next: () => Promise<void>,
  visit: Visit,
  dialect: Dialect,
  service: SandboxService,
): Promise<Admission> {
  const { call, account, rate } = visit;
  const answer = (response: Response) => {
    const rateHeaders = rate ? dialect.rateHeaders(rate) : {};
    for (const [name, value] of Object.entries(rateHeaders)) response.headers.set(name, value);
    c.res = response;
  };

  if (rate && account && !rate.allowed) {
    answer(dialect.answerRateLimited(rate.resetAt - service.clock.now()));
    return {};
  }

  const asked = readHeaderFault(service, dialect, c.req.header(FAULT_HEADER));
  if (asked instanceof Response) {
    c.res = asked;
    return {};
  }
  const fault = asked && 'ruleId' in asked ? asked : service.faults.takeForCall(call);
  if (fault && fault.delayMs > 0) await new Promise<void>((wake) => service.clock.after(fault.delayMs, wake));
  const action = fault?.action;
  const faultId = fault?.ruleId;
  if (action && 'code' in action) {
    answer(dialect.answerCode(action));
    return { faultId };
  }
  const rateRefusal = () => dialect.answerRateLimited(FAULT_RETRY_AFTER_MS);
  const standIn = action && standInFor(action.transport, rateRefusal);
  if (action && !comesAfter(action)) {
    if (!standIn) return { faultId, wreck: action };
    // A proxy's page knows nothing of rate windows.
    if (action.transport === 'html502') c.res = standIn;
    else answer(standIn);
    return { faultId, transport: action.transport };
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
  if (!action) return { faultId };
  if (!standIn) return { faultId, wreck: action };
  c.res = standIn;
  return { faultId, transport: action.transport };
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
    const message = `${FAULT_HEADER}: ${error.message} Beside codes it takes ${FAULT_WORDS.join(', ')}, or JSON.`;
    return Response.json({ error: { code: 'SANDBOX_FAULT_UNKNOWN', message } }, { status: 400 });
  }
}
