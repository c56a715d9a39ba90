import type { IExecuteFunctions } from 'n8n-workflow';
import { sha256Of } from '../host/sha256.ts';

/** Hex digits of the request's fingerprint: two requests of one item never meet by chance. */
const FINGERPRINT_DIGITS = 32;

/**
 * The idempotency key of one item's submit: the same when n8n runs the node again for it, another one for any other
 * execution, node, run, item or request. Each n8n counts its executions from 1 and a workflow takes its node ids along to
 * another one, so that the n8n itself is part of it too: a provider keeps a key for good.
 */
export function submitKey(ctx: IExecuteFunctions, index: number, request: unknown): string {
  const parts = ['n8n', ctx.getExecutionId(), ctx.getNode().id, runIndex(ctx), index];
  return [...parts, fingerprint([ctx.getInstanceId(), request])].join(':');
}

/** What tells one request from another. */
export function fingerprint(request: unknown): string {
  return sha256Of(canonical(request)).slice(0, FINGERPRINT_DIGITS);
}

/** A node in a loop runs more than once in an execution. */
function runIndex(ctx: IExecuteFunctions): number {
  try {
    const value = Number(ctx.evaluateExpression('{{ $runIndex }}', 0));
    return Number.isInteger(value) ? value : 0;
  } catch {
    // An agent's tool call knows no run; its requests are told apart by what they are.
    return 0;
  }
}

/** JSON that does not depend on the order in which fields were set. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const fields = Object.entries(value)
    .filter(([, inner]) => inner !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([name, inner]) => `${JSON.stringify(name)}:${canonical(inner)}`).join(',')}}`;
}
