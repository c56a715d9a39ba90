import { RenderError } from './errors/render-error.ts';
import type { Account, LookPlan } from './queue/account.ts';
import { runUntil } from './retry/wait-for.ts';

const KEPT_MS = 300_000;
/** One schema per job type; more than this many are a caller's typing errors. */
const MOST_KEPT = 50;

interface KeptSchema {
  readonly schema: object | undefined;
  readonly readAt: number;
}

/** Shared by all clients of an account: a host may make one for every execution. */
const keptOf = new WeakMap<Account, Map<string, KeptSchema>>();

/**
 * The JSON Schema that the provider serves for a request, read at most every five minutes; undefined where it serves none.
 * @throws {RenderError} when it cannot be read.
 */
export async function readServedSchema(
  account: Account,
  request: unknown,
  plan: LookPlan,
): Promise<object | undefined> {
  const { provider, ports } = account;
  const call = provider.schema(request);
  if (call === null) return undefined;
  const kept = keptOf.get(account) ?? new Map<string, KeptSchema>();
  keptOf.set(account, kept);
  const known = keptSchema(account, call.path);
  if (known !== undefined) return known.schema;
  const schema = await account
    .call(call, { ...plan, repeatability: 'safe' }, provider.readSchema)
    .catch(undefinedWhereAbsent);
  kept.delete(call.path);
  kept.set(call.path, { schema, readAt: ports.clock.now() });
  for (const path of [...kept.keys()].slice(0, -MOST_KEPT)) kept.delete(path);
  return schema;
}

/** The schema that was read lately, if one was; `schema` is undefined where the provider serves none. */
export function keptSchema(account: Account, path: string): { readonly schema: object | undefined } | undefined {
  const known = keptOf.get(account)?.get(path);
  return known !== undefined && account.ports.clock.now() - known.readAt < KEPT_MS ? known : undefined;
}

/**
 * The same within a time, for those who can do without it.
 * @throws {RenderError} NETWORK when the time is over first.
 */
export function readServedSchemaWithin(
  account: Account,
  request: unknown,
  plan: LookPlan,
  patienceMs: number,
): Promise<object | undefined> {
  const { provider, ports } = account;
  return runUntil({
    clock: ports.clock,
    until: ports.clock.now() + patienceMs,
    signal: plan.signal,
    task: (signal) => readServedSchema(account, request, { ...plan, signal, maxAttempts: 2 }),
    onTime: () =>
      new RenderError({
        code: 'NETWORK',
        message: `${provider.displayName} did not give its schema within ${patienceMs / 1000} seconds.`,
        provider: provider.id,
      }),
  });
}

function undefinedWhereAbsent(error: unknown): undefined {
  if (RenderError.isInstance(error) && error.code === 'NOT_FOUND') return undefined;
  throw error;
}
