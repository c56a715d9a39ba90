import type { CallOptions, ClientPorts, RenderClient, RenderClientOptions } from './contract/client.ts';
import type { AccountLimits } from './contract/provider.ts';
import { asRenderError } from './errors/internal.ts';
import { RenderError } from './errors/render-error.ts';
import { waitForJob } from './poll/wait.ts';
import { type Account, PRIORITY } from './queue/account.ts';
import { type AccountRegistry, createAccountRegistry } from './queue/account-registry.ts';
import { cancelJob } from './queue/cancel-job.ts';
import { DEFAULT_QUEUE_MS, submitJob } from './queue/submit-job.ts';
import { findProvider } from './registry.ts';
import { readServedSchema, readServedSchemaWithin } from './served-schema.ts';
import { checkApiKey } from './transport/api-key.ts';
import { parseBaseUrl } from './transport/base-url.ts';
import { validateRequest } from './validation/validate-request.ts';

const TIMEOUT_MS = 30_000;
const LONGEST_TIMEOUT_MS = 3_600_000;
/** A validation must not hold up its caller: without the served schema there is the bundled one. */
const SCHEMA_QUEUE_MS = 5_000;
const SCHEMA_PATIENCE_MS = 10_000;

/**
 * A client of one account. Pass the same registry to every client of a process, so that all clients of an account share
 * its limits; without one the client keeps them alone.
 * @throws {RenderError} INVALID_REQUEST (field `provider`, `baseUrl`, `limits` or `timeoutMs`) or UNAUTHENTICATED (field `apiKey`).
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
export function openAccount(options: RenderClientOptions, ports: ClientPorts, accounts: AccountRegistry): Account {
  const provider = findProvider(options.provider);
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
    priority: PRIORITY.call,
    until: ports.clock.now() + maxQueueMs,
    signal,
  });

  return Object.freeze<RenderClient>({
    provider,
    submit: (request, submitOptions) => typed(() => submitJob(account, request, submitOptions)),
    get: (jobId, callOptions) => typed(() => account.look(jobId, planOf(callOptions))),
    list: ({ limit, ...callOptions } = {}) =>
      typed(async () => {
        const page = await account.list(limit === undefined ? {} : { limit }, planOf(callOptions));
        return limit === undefined ? page : { ...page, jobs: page.jobs.slice(0, Math.max(0, limit)) };
      }),
    cancel: (jobId, callOptions) => typed(() => cancelJob(account, jobId, planOf(callOptions))),
    wait: (jobId, waitOptions) =>
      typed(async () => {
        // A bad id is told before anything is looked at.
        provider.get(jobId);
        return waitForJob({ clock: ports.clock, watcher: account.watcher, provider: provider.id }, jobId, waitOptions);
      }),
    fetchSchema: (request, callOptions) => typed(() => readServedSchema(account, request, planOf(callOptions))),
    validate: (request, { maxQueueMs = SCHEMA_QUEUE_MS, ...callOptions } = {}) =>
      typed(() => {
        const plan = planOf({ ...callOptions, maxQueueMs });
        return validateRequest(provider, request, () =>
          readServedSchemaWithin(account, request, plan, SCHEMA_PATIENCE_MS),
        );
      }),
    check: (request) => provider.check(request),
  });
}

/** @throws {RenderError} INVALID_REQUEST with field `timeoutMs`: what no timer can hold would never end an attempt. */
function checkTimeout(timeoutMs: number): number {
  if (timeoutMs >= 1 && timeoutMs <= LONGEST_TIMEOUT_MS) return timeoutMs;
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

async function typed<T>(task: () => Promise<T>): Promise<T> {
  try {
    return await task();
  } catch (error) {
    throw asRenderError(error);
  }
}
