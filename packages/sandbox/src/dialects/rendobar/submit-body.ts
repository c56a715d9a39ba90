import type { Account } from '../../service/accounts.ts';
import { type SchemaCheck, schemaCheck } from '../../service/schema-problem.ts';
import { checkCallbackHeaders } from './callback-headers.ts';
import { canonicalType, findType, RENDERED_TYPE, submitSchema } from './catalogue.ts';
import { invalid, Refusal } from './errors.ts';

export type WireInput = string | { readonly url?: string; readonly content?: string; readonly job?: string };

/** A checked body of POST /jobs. */
export interface SubmitBody {
  readonly type: string;
  readonly inputs: Readonly<Record<string, WireInput>>;
  readonly params: {
    /** Empty for the types that have none. */
    readonly command: string;
    readonly outputFormat?: string;
    /** Seconds. */
    readonly timeout?: number;
    readonly compute?: 'auto' | 'cpu' | 'gpu';
  };
  readonly idempotencyKey?: string;
  readonly callback?: {
    readonly url: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly verify?: boolean;
    readonly events?: readonly string[];
  };
  readonly destinations?: readonly string[];
}

type Unchecked = Readonly<Record<string, unknown>>;

/** Parses the JSON of a request. Throws VALIDATION_ERROR: Rendobar has no code of its own for broken JSON. */
export function parseObject(text: string): Unchecked {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw invalid('', 'The body is not valid JSON.');
  }
  if (!isObject(value)) throw invalid('', 'The body must be a JSON object.');
  return value;
}

/**
 * The plan gate, which comes before balance and schema (Rendobar job page), and so looks at an unchecked body.
 * Throws INVALID_JOB_TYPE or PLAN_LIMIT.
 */
export function checkPlan(body: Unchecked, account: Account): void {
  const { type } = body;
  if (typeof type === 'string' && !findType(type)) {
    throw new Refusal('INVALID_JOB_TYPE', `Unknown job type: ${type.slice(0, 80)}`);
  }
  const params = isObject(body.params) ? body.params : {};
  const { maxJobSeconds } = account.limits;
  if (typeof params.timeout === 'number' && params.timeout > maxJobSeconds) {
    throw new Refusal('PLAN_LIMIT', `The timeout exceeds your plan's limit of ${maxJobSeconds} seconds.`, {
      details: { path: 'params.timeout' },
    });
  }
  if (params.compute === 'gpu' && account.plan.slug === 'free') {
    throw new Refusal('PLAN_LIMIT', 'GPU compute needs the Pro plan.', { details: { path: 'params.compute' } });
  }
}

const checks = new Map<string, SchemaCheck>();

function checkFor(type: unknown): SchemaCheck {
  // A body without a type is told so by the schema of the commonest one.
  const spec = findType(typeof type === 'string' ? type : RENDERED_TYPE);
  if (!spec) throw new Refusal('INVALID_JOB_TYPE');
  const known = checks.get(spec.type);
  if (known) return known;
  const made = schemaCheck(submitSchema(spec));
  checks.set(spec.type, made);
  return made;
}

/** The schema gate. Throws VALIDATION_ERROR, or NOT_IMPLEMENTED for what the sandbox has no part for. */
export function checkSubmitBody(body: Unchecked): SubmitBody {
  const problem = checkFor(body.type)(body);
  if (problem) throw invalid(problem.path, `${problem.path || 'The body'}: ${problem.message}`);
  const checked = body as unknown as Omit<SubmitBody, 'inputs'> & Partial<Pick<SubmitBody, 'inputs'>>;
  if (checked.destinations && checked.destinations.length > 0) {
    throw new Refusal('NOT_IMPLEMENTED', 'The local sandbox has no storage connections: leave "destinations" out.');
  }
  checkCallbackHeaders(checked.callback?.headers ?? {});
  const { command = '' } = checked.params;
  if (checked.params.compute === 'cpu' && /nvenc|cuda/i.test(command)) {
    throw invalid('params.compute', 'The command uses NVENC or CUDA, which compute "cpu" does not have.');
  }
  return { ...checked, type: canonicalType(checked.type), inputs: checked.inputs ?? {} };
}

function isObject(value: unknown): value is Unchecked {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
