import type { SubmitOptions } from './contract/client.ts';
import type { JobSnapshot } from './contract/job.ts';
import type { ValidationReport } from './contract/validation.ts';
import { RenderError } from './errors/render-error.ts';
import type { Account } from './queue/account.ts';
import { submitJob } from './queue/submit-job.ts';
import { runUntil } from './retry/wait-for.ts';
import { keptSchema, readServedSchema } from './served-schema.ts';
import { validateAgainst, validateRequest } from './validation/validate-request.ts';

/** A submit is not held up for longer than this by a schema that does not come. */
const PATIENCE_MS = 5_000;
/** A schema that could not be read is not asked for again by submits for this long. */
const FAILURE_REST_MS = 60_000;

interface Reading {
  readonly reading: Promise<object | undefined>;
  /** Unix milliseconds until which its failure stands. */
  until: number;
  /** Somebody's patience with it has ended: nobody else waits for it. */
  isLate: boolean;
}

const readingsOf = new WeakMap<Account, Map<string, Reading>>();

/**
 * Submits a request that fits its schema. A refusal by the provider would cost a request and perhaps a place in the line;
 * a render that goes wrong costs money.
 * @throws {RenderError} INVALID_REQUEST with all `issues` when it does not fit, before anything is sent; else as
 * {@link submitJob} does.
 */
export function submitChecked(account: Account, request: unknown, options: SubmitOptions): Promise<JobSnapshot> {
  const { provider } = account;
  const { checkAgainst = 'live', signal } = options;
  if (checkAgainst === 'none') return submitJob(account, request, options);
  const path =
    checkAgainst === 'live' && provider.check(request).length === 0 ? provider.schema(request)?.path : undefined;
  const kept = path === undefined ? NO_SCHEMA : keptSchema(account, path);
  if (kept === undefined) {
    return validateRequest(provider, request, () => liveSchema(account, request, path ?? '', signal)).then((report) =>
      submitValid(account, request, options, report),
    );
  }
  return submitValid(account, request, options, validateAgainst(provider, request, kept.schema));
}

const NO_SCHEMA = Object.freeze({ schema: undefined });

/** @throws {RenderError} INVALID_REQUEST with all issues of the report. */
function submitValid(
  account: Account,
  request: unknown,
  options: SubmitOptions,
  { issues }: ValidationReport,
): Promise<JobSnapshot> {
  const [first] = issues;
  if (first === undefined) return submitJob(account, request, options);
  const { field, message } = first;
  throw new RenderError({ code: 'INVALID_REQUEST', message, field, issues, provider: account.provider.id });
}

/** The served schema where it can be had soon; many submits share one reading of it. */
async function liveSchema(
  account: Account,
  request: unknown,
  path: string,
  signal: AbortSignal | undefined,
): Promise<object | undefined> {
  const { provider, ports } = account;
  const { clock } = ports;
  const readings = readingsOf.get(account) ?? new Map<string, Reading>();
  readingsOf.set(account, readings);
  const known = readings.get(path);
  const current = known !== undefined && clock.now() < known.until ? known : begin();
  return runUntil({
    clock,
    until: clock.now() + (current.isLate ? 0 : PATIENCE_MS),
    signal,
    task: () => current.reading,
    onTime() {
      current.isLate = true;
      return new RenderError({ code: 'NETWORK', message: 'The schema did not come in time.', provider: provider.id });
    },
  });

  function begin(): Reading {
    // Without patience: where the account is at its limit, the provider will check the request itself.
    const plan = { purpose: 'call', until: clock.now(), maxAttempts: 1 } as const;
    const reading = readServedSchema(account, request, plan);
    const begun: Reading = { reading, until: Number.POSITIVE_INFINITY, isLate: false };
    reading.then(
      // From here on the schema is kept where all calls find it.
      () => readings.delete(path),
      (error: unknown) => {
        const isLimit = RenderError.isInstance(error) && error.code === 'RATE_LIMITED';
        begun.until = isLimit ? 0 : clock.now() + FAILURE_REST_MS;
      },
    );
    readings.set(path, begun);
    return begun;
  }
}
