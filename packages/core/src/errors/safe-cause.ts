import { cleanText } from './redact.ts';

const MAX_DEPTH = 5;
const MOST_INNER = 10;
const MOST_FRAMES = 30;
/** Copies that were made here: they need no second one. */
const copies = new WeakSet<object>();

/**
 * What an error keeps of its cause. Errors of libraries and hosts drag along whatever they were busy with: requests with
 * their headers, signed URLs, bytes. So the cause is a copy: its name, message, stack and code, cleaned, what the wire did,
 * and its own causes. A value that is no error is kept as cleaned text.
 * @param keep Says which errors are safe as they are.
 */
export function safeCause(cause: unknown, keep: (error: object) => boolean): unknown {
  return copyOf(cause, keep, new Set());
}

function copyOf(cause: unknown, keep: (error: object) => boolean, above: Set<object>): unknown {
  if (typeof cause === 'object' && cause !== null && (copies.has(cause) || keep(cause))) return cause;
  try {
    return isErrorLike(cause) ? copyOfError(cause, keep, above) : plain(cause);
  } catch {
    // A getter or a proxy that throws.
    return 'a cause that cannot be read';
  }
}

interface ErrorLike {
  readonly name?: unknown;
  readonly message: unknown;
  readonly stack?: unknown;
  readonly code?: unknown;
  readonly fault?: unknown;
  readonly errors?: unknown;
  readonly cause?: unknown;
}

function copyOfError(error: ErrorLike, keep: (error: object) => boolean, above: Set<object>): Error | undefined {
  if (above.has(error) || above.size >= MAX_DEPTH) return undefined;
  const inside = new Set(above).add(error);
  const message = textOf(error.message, 500);
  const inner = Array.isArray(error.errors) ? error.errors.slice(0, MOST_INNER) : undefined;
  const copy =
    inner === undefined
      ? new Error(message)
      : new AggregateError(
          inner.map((each) => copyOf(each, keep, inside)),
          message,
        );
  const name = textOf(error.name, 60) || 'Error';
  const hidden = { name, stack: stackOf(`${name}: ${message}`, error.stack) };
  for (const [key, value] of Object.entries(hidden)) {
    Object.defineProperty(copy, key, { value, configurable: true, writable: true });
  }
  const shown = { code: identifier(error.code), fault: faultOf(error.fault), cause: copyOf(error.cause, keep, inside) };
  for (const [key, value] of Object.entries(shown)) {
    if (value === undefined) continue;
    Object.defineProperty(copy, key, { value, configurable: true, writable: true, enumerable: key !== 'cause' });
  }
  copies.add(copy);
  return copy;
}

function isErrorLike(value: unknown): value is ErrorLike {
  return value instanceof Error || (typeof value === 'object' && value !== null && 'message' in value);
}

/** Ours first, then the frames alone: the rest of a stack repeats the message as it was. */
function stackOf(head: string, stack: unknown): string {
  const frames = (typeof stack === 'string' ? stack.slice(0, 20_000).split('\n') : [])
    .filter((line) => /^\s+at /.test(line))
    .slice(0, MOST_FRAMES);
  return [head, ...frames.map((frame) => `    ${cleanText(frame, 300)}`)].join('\n');
}

/** What a transport says of the wire (see TransportFault), without its words and its cause. */
function faultOf(fault: unknown): object | undefined {
  if (typeof fault !== 'object' || fault === null) return undefined;
  const { kind, sent } = fault as { kind?: unknown; sent?: unknown };
  const [what, when] = [identifier(kind), identifier(sent)];
  return what === undefined || when === undefined ? undefined : { kind: what, sent: when };
}

/** A word such as `ECONNRESET`, or a number. */
function identifier(value: unknown): string | number | undefined {
  if (typeof value === 'number') return value;
  const isWord = typeof value === 'string' && /^[a-z][\w-]{0,39}$/i.test(value);
  return isWord && cleanText(value, 60) === value ? value : undefined;
}

function plain(value: unknown): unknown {
  if (typeof value === 'string') return cleanText(value, 500);
  if (typeof value === 'object' && value !== null) return 'a cause that is no error';
  return typeof value === 'symbol' || typeof value === 'function' ? typeof value : value;
}

function textOf(value: unknown, longest: number): string {
  return typeof value === 'string' || typeof value === 'number' ? cleanText(String(value), longest) : '';
}
