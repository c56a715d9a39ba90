import { Hono } from 'hono';
import { type Account, DEFAULT_KEYS } from './accounts.ts';
import { findCallerProblem } from './caller-guard.ts';
import { FaultRuleError, parseFaultRule } from './fault-check.ts';
import { FAULT_WORDS } from './fault-header.ts';
import { findPlan, PLANS, PROVIDERS, type Provider } from './plans.ts';
import { readText } from './read-text.ts';
import { schemaCheck } from './schema-problem.ts';
import type { SandboxService } from './service.ts';
import type { SocketBindings } from './transport-faults.ts';
import { SANDBOX_VERSION } from './version.ts';

interface ControlEnv {
  readonly Bindings: SocketBindings;
}

/** A request that the control plane cannot carry out. */
class ControlError extends Error {
  readonly status: number;
  readonly field: string;
  constructor(status: number, field: string, message: string) {
    super(message);
    this.status = status;
    this.field = field;
  }
}

/** Switches of a rehearsal, to be mounted at `/_sandbox`: no vendor has such a path. */
export function controlPlane(service: SandboxService): Hono<ControlEnv> {
  const app = new Hono<ControlEnv>();
  const startedAt = service.clock.now();

  app.use('*', async (c, next) => {
    const problem = findCallerProblem(c.req.raw, c.env?.incoming?.socket.remoteAddress);
    return problem ? refuse(new ControlError(problem.status, '', problem.message)) : next();
  });
  app.onError((error) => {
    if (error instanceof ControlError) return refuse(error);
    if (error instanceof FaultRuleError) return refuse(new ControlError(400, error.field, error.message));
    service.noteDefect(error);
    return refuse(new ControlError(500, '', 'The sandbox has a defect; see GET /_sandbox/health.'));
  });

  const index = () => Response.json({ routes: CONTROL_ROUTES, faultHeader: FAULT_WORDS });
  app.get('/', index);
  // The address as it is printed has a slash at its end, which the router takes for another path.
  app.get('/*', (c, next) => (c.req.path.endsWith('/_sandbox/') ? index() : next()));

  app.get('/health', () => {
    const jobs = service.jobs.all();
    const running = jobs.filter((job) => job.state === 'running').length;
    return Response.json({
      status: 'ok',
      version: SANDBOX_VERSION,
      node: process.version,
      engine: service.engine.info() ?? null,
      strict: service.strict,
      // By the host's time: moved time is no uptime.
      uptimeMs: service.clock.now() - service.clock.aheadMs - startedAt,
      jobs: { total: jobs.length, running },
      defects: service.defects,
    });
  });

  app.post('/reset', async (c) => {
    const { account } = checked(await readBody(c.req.raw), checkReset) as { readonly account?: string };
    if (account === undefined) service.reset();
    else service.reset(accountOf(account, 'account').id);
    return Response.json({ reset: account === undefined ? 'all' : 'account' });
  });

  app.get('/account', (c) => Response.json(viewAccount(accountOf(c.req.query('key')), service)));

  app.put('/account', async (c) => {
    const body = checked(await readBody(c.req.raw), checkAccount) as AccountBody;
    const account = accountOf(body.key);
    if (body.plan !== undefined) {
      const plan = findPlan(account.provider, body.plan);
      const plans = Object.keys(PLANS[account.provider]).join(', ');
      if (!plan) throw new ControlError(400, 'plan', `${account.provider} has the plans ${plans}.`);
      account.choosePlan(plan);
    }
    if (body.limits) account.overrideLimits(body.limits);
    if (body.credits !== undefined) account.ledger.set(toUnit(account.provider, body.credits));
    return Response.json(viewAccount(account, service));
  });

  app.get('/faults', () => Response.json({ faults: service.faults.list() }));
  app.post('/faults', async (c) => {
    const rule = parseFaultRule(await readBody(c.req.raw));
    return Response.json(service.faults.add(rule), { status: 201 });
  });
  app.delete('/faults', () => {
    service.faults.clear();
    return new Response(null, { status: 204 });
  });
  app.delete('/faults/:id', (c) => {
    if (!service.faults.remove(c.req.param('id'))) throw new ControlError(404, 'id', 'There is no such rule.');
    return new Response(null, { status: 204 });
  });

  app.get('/requests', (c) => {
    const provider = c.req.query('provider');
    const entries = service.journal.list().filter((entry) => provider === undefined || entry.provider === provider);
    return Response.json({ requests: entries });
  });
  app.delete('/requests', () => {
    service.journal.clear();
    return new Response(null, { status: 204 });
  });

  app.get('/webhooks', () => Response.json({ deliveries: service.webhooks.deliveries() }));
  app.post('/webhooks/:id/replay', (c) => {
    if (!service.webhooks.replay(c.req.param('id'))) throw new ControlError(404, 'id', 'There is no such delivery.');
    return new Response(null, { status: 202 });
  });

  app.get('/clock', () => Response.json(viewClock(service)));
  app.post('/clock', async (c) => {
    const { advanceMs } = checked(await readBody(c.req.raw), checkClock) as { readonly advanceMs: number };
    service.clock.advance(advanceMs);
    return Response.json(viewClock(service));
  });

  function accountOf(key: string | undefined, field = 'key'): Account {
    if (key === undefined) throw new ControlError(400, field, 'Name the account by its API key.');
    for (const provider of PROVIDERS) {
      const account = service.accounts.identify(provider, key);
      if (account) return account;
    }
    const examples = PROVIDERS.map((provider) => DEFAULT_KEYS[provider]).join(' and ');
    const message = `This is no key of the sandbox: they start with rb_sandbox or ve_test_, as ${examples} do.`;
    throw new ControlError(404, field, message);
  }

  return app;
}

const CONTROL_ROUTES = [
  'GET /_sandbox/health',
  'POST /_sandbox/reset {"account"?: key}',
  'GET /_sandbox/account?key=',
  'PUT /_sandbox/account {"key", "credits"?, "plan"?, "limits"?}',
  'GET, POST, DELETE /_sandbox/faults',
  'DELETE /_sandbox/faults/{id}',
  'GET, DELETE /_sandbox/requests',
  'GET /_sandbox/webhooks',
  'POST /_sandbox/webhooks/{id}/replay',
  'GET /_sandbox/clock',
  'POST /_sandbox/clock {"advanceMs"}',
];

interface AccountBody {
  readonly key: string;
  /** PhantomFlow credits, or US dollars on Rendobar. */
  readonly credits?: number;
  readonly plan?: string;
  readonly limits?: Readonly<Record<string, number>>;
}

const object = (properties: object, required: readonly string[] = []) => ({
  type: 'object',
  additionalProperties: false,
  required,
  properties,
});
const count = { type: 'integer', minimum: 0 };

const checkReset = schemaCheck(object({ account: { type: 'string' } }));
/** Ten years: beyond every expiry, and far from the end of time. */
const MAX_ADVANCE_MS = 10 * 366 * 86_400_000;
const checkClock = schemaCheck(
  object({ advanceMs: { type: 'number', minimum: 0, maximum: MAX_ADVANCE_MS } }, ['advanceMs']),
);
const checkAccount = schemaCheck(
  object(
    {
      key: { type: 'string' },
      credits: { type: 'number' },
      plan: { type: 'string' },
      limits: object({
        requestsPerMinute: count,
        concurrentJobs: count,
        queuedJobs: count,
        maxJobSeconds: { type: 'integer', minimum: 1 },
        retentionDays: { type: 'number', minimum: 0 },
        maxInputBytes: count,
        storageBytes: count,
        multipartFromBytes: { type: 'integer', minimum: 1 },
      }),
    },
    ['key'],
  ),
);

const MAX_BODY_BYTES = 1024 * 1024;

async function readBody(request: Request): Promise<unknown> {
  const text = await readText(request, MAX_BODY_BYTES);
  if (text === undefined) throw new ControlError(413, '', 'The body is too large.');
  if (text.trim() === '') return {};
  try {
    return JSON.parse(text);
  } catch {
    throw new ControlError(400, '', 'The body is not valid JSON.');
  }
}

function checked(body: unknown, check: ReturnType<typeof schemaCheck>): unknown {
  const problem = check(body);
  if (problem) throw new ControlError(400, problem.path, problem.message);
  return body;
}

function refuse({ status, field, message }: ControlError): Response {
  const error = { code: status === 404 ? 'NOT_FOUND' : status === 403 ? 'FORBIDDEN' : 'INVALID_REQUEST', message };
  return Response.json({ error: field === '' ? error : { ...error, field } }, { status });
}

const NANODOLLARS = 1e9;
const toUnit = (provider: Provider, amount: number) =>
  provider === 'rendobar' ? Math.round(amount * NANODOLLARS) : amount;

function viewAccount(account: Account, service: SandboxService) {
  const { id, provider, plan, limits, ledger } = account;
  const credits = provider === 'rendobar' ? ledger.balance / NANODOLLARS : ledger.balance;
  const rate = account.window.read(service.clock.now(), limits.requestsPerMinute);
  return { id, provider, plan: plan.slug, limits, credits, rate, jobs: service.jobs.counts(id) };
}

function viewClock({ clock }: SandboxService) {
  return { now: clock.now(), aheadMs: clock.aheadMs };
}
