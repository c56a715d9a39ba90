import { accountMemory, lostSubmit } from './arguments/account-memory.ts';
import { callOptions, jobId, listOptions, submitOptions, waitOptions } from './arguments/call-options.ts';
import { withCallerFunctions } from './arguments/caller-functions.ts';
import { argument, unchecked } from './arguments/check-argument.ts';
import { accountRegistry, clientOptions, clientPorts } from './arguments/client-options.ts';
import { guard } from './arguments/guard.ts';
import { CALLBACK, OBJECT } from './arguments/rule.ts';
import { submitChecked } from './checked-submit.ts';
import type { CallOptions, ClientPorts, RenderClient, RenderClientOptions } from './contract/client.ts';
import type { AccountLimits, RenderProvider } from './contract/provider.ts';
import { typed } from './errors/internal.ts';
import { RenderError } from './errors/render-error.ts';
import { waitForJob } from './poll/wait.ts';
import type { Account } from './queue/account.ts';
import { type AccountRegistry, createAccountRegistry } from './queue/account-registry.ts';
import { cancelJob } from './queue/cancel-job.ts';
import { recoverAccount } from './queue/recover-account.ts';
import { DEFAULT_QUEUE_MS } from './queue/submit-job.ts';
import { findProvider } from './registry.ts';
import { readServedSchema, readServedSchemaWithin } from './served-schema.ts';
import { checkApiKey } from './transport/api-key.ts';
import { parseBaseUrl } from './transport/base-url.ts';
import { validateRequest } from './validation/validate-request.ts';

const TIMEOUT_MS = 30_000;
const LONGEST_TIMEOUT_MS = 3_600_000;
/** Half an hour. A wait that ends costs nothing: the job goes on, and can be waited for again. */
export const DEFAULT_WAIT_MS = 1_800_000;
/** A validation must not hold up its caller: without the served schema there is the bundled one. */
const SCHEMA_QUEUE_MS = 5_000;
const SCHEMA_PATIENCE_MS = 10_000;

/**
 * A client of one account. Pass the same registry to every client of a process, so that all clients of an account share
 * its limits; without one the client keeps them alone.
 *
 * Whatever its methods are given, they reject with a RenderError: INVALID_REQUEST with `field` and `remedy`, before anything
 * is sent, for an argument that cannot be meant. Only what one of your own functions throws (`onSend`, `onQueued`,
 * `onChange`, `onTrouble`) ends its call and reaches you as it is; the job itself goes on.
 * @throws {RenderError} INVALID_REQUEST (field `options`, `provider`, `baseUrl`, `limits`, `timeoutMs` or `ports`) or
 * UNAUTHENTICATED (field `apiKey`).
 */
export function createRenderClient(
  options: RenderClientOptions,
  ports: ClientPorts,
  accounts: AccountRegistry = createAccountRegistry(),
): RenderClient {
  return createAccountClient(openAccount(options, ports, accounts));
}

/**
 * The account that a client's options stand for.
 * @throws {RenderError} as {@link createRenderClient} does.
 */
export function openAccount(
  options: RenderClientOptions,
  ports: ClientPorts,
  accounts: AccountRegistry,
  as: (provider: RenderProvider) => RenderProvider = (provider) => provider,
): Account {
  clientOptions(options);
  const provider = as(findProvider(options.provider));
  clientPorts(ports);
  accountRegistry(accounts);
  return accounts.open(
    {
      provider,
      baseUrl: parseBaseUrl(options.baseUrl ?? provider.defaultBaseUrl),
      apiKey: checkApiKey(options.apiKey, provider),
      transport: ports.transport,
      timeoutMs: checkTimeout(options.timeoutMs ?? TIMEOUT_MS),
    },
    ports,
    checkLimits(options.limits),
  );
}

/** What a provider's own client and the common one share. */
export function createAccountClient(account: Account): RenderClient {
  const { provider, ports } = account;
  const planOf = ({ maxQueueMs = DEFAULT_QUEUE_MS, signal }: CallOptions = {}) => ({
    purpose: 'call' as const,
    until: ports.clock.now() + maxQueueMs,
    signal,
  });

  const recovery = recoverAccount(account);
  const client: RenderClient = {
    provider,
    submit: (request, given = {}) =>
      withCallerFunctions(given, { notices: ['onQueued'], gates: ['onSend'] }, (own) =>
        typed(() => submitChecked(account, request, own)),
      ),
    get: (id, given) => typed(() => account.look(id, planOf(given))),
    list: ({ limit, ...given } = {}) =>
      typed(async () => {
        const page = await account.list(limit === undefined ? {} : { limit }, planOf(given));
        return limit === undefined ? page : { ...page, jobs: page.jobs.slice(0, limit) };
      }),
    cancel: (id, given) => typed(() => cancelJob(account, id, planOf(given))),
    wait: (id, given = {}) =>
      withCallerFunctions(given, { notices: ['onChange', 'onTrouble'] }, (own) =>
        typed(() => {
          const { timeoutMs = DEFAULT_WAIT_MS } = own;
          const watched = { clock: ports.clock, watcher: account.watcher, provider: provider.id };
          return waitForJob(watched, id, { ...own, timeoutMs });
        }),
      ),
    fetchSchema: (request, given) => typed(() => readServedSchema(account, request, planOf(given))),
    validate: (request, { maxQueueMs = SCHEMA_QUEUE_MS, ...given } = {}) =>
      typed(() => {
        const plan = planOf({ ...given, maxQueueMs });
        return validateRequest(provider, request, () =>
          readServedSchemaWithin(account, request, plan, SCHEMA_PATIENCE_MS),
        );
      }),
    announce(id) {
      jobId(id);
      account.announce(id);
    },
    subscribe(listener) {
      argument('listener', CALLBACK)(listener);
      return account.subscribe(listener);
    },
    recovery: guard(
      {
        ...recovery,
        adopt(memory) {
          accountMemory(memory);
          recovery.adopt(memory);
        },
      },
      { settle: [lostSubmit] },
    ),
    state: () => account.state(),
    check: (request) => provider.check(request),
  };
  return guard(client, {
    submit: [unchecked, submitOptions],
    get: [jobId, callOptions],
    list: [listOptions],
    cancel: [jobId, callOptions],
    wait: [jobId, waitOptions],
    fetchSchema: [argument('request', OBJECT), callOptions],
    validate: [unchecked, callOptions],
  });
}

/** @throws {RenderError} INVALID_REQUEST with field `timeoutMs`: what no timer can hold would never end an attempt. */
function checkTimeout(timeoutMs: number): number {
  if (typeof timeoutMs === 'number' && timeoutMs >= 1 && timeoutMs <= LONGEST_TIMEOUT_MS) return timeoutMs;
  throw new RenderError({
    code: 'INVALID_REQUEST',
    message: 'timeoutMs must be a number of milliseconds from 1 to 3,600,000.',
    field: 'timeoutMs',
    remedy: 'Pass the time that one attempt may take, or leave timeoutMs out for 30 seconds.',
  });
}

/** @throws {RenderError} INVALID_REQUEST with field `limits`. */
function checkLimits(limits: Partial<AccountLimits> | undefined): Partial<AccountLimits> | undefined {
  for (const [name, value] of Object.entries(limits ?? {})) {
    if (Number.isInteger(value) && value >= 1) continue;
    throw new RenderError({
      code: 'INVALID_REQUEST',
      message: `limits.${name} must be a whole number of 1 or more.`,
      field: `limits.${name}`,
      remedy: "Use the numbers of the account's plan, or leave the limit out.",
    });
  }
  return limits;
}
