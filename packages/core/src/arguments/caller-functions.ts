import { ERROR_CODES } from '../errors/codes.ts';
import { RenderError } from '../errors/render-error.ts';
import { TransportError } from '../ports/http-transport.ts';

interface Interruptible {
  readonly signal?: AbortSignal | undefined;
}

type FunctionNames<Options> = {
  [Name in keyof Options]-?: NonNullable<Options[Name]> extends (...given: never[]) => unknown ? Name : never;
}[keyof Options];

interface CallerFunctions<Options> {
  /** Functions that are told of something; what goes on does not wait for them. */
  readonly notices?: readonly FunctionNames<Options>[];
  /** Functions that are called just before something is sent, and can prevent it by throwing. */
  readonly gates?: readonly FunctionNames<Options>[];
}

/**
 * Runs a task with the caller's own functions (notices of a wait, of a queue, of progress). One that throws, or whose
 * promise rejects meanwhile, is a defect of the caller's program: the task is stopped as an abort would stop it, and what
 * was thrown reaches the caller as it is, never wrapped as a defect of ours. Not one look, slot or timer is left behind,
 * and no other caller notices. A result that is there all the same is given: a job that was accepted is not thrown away.
 * @throws what a function of the caller threw, else what the task threw. A submit that may have reached the provider
 * before that ends as SUBMIT_OUTCOME_UNKNOWN, with what was thrown as its cause.
 */
export function withCallerFunctions<Options extends Interruptible, T>(
  given: Options,
  functions: CallerFunctions<Options>,
  task: (options: Options) => Promise<T>,
): Promise<T> {
  const { notices = [], gates = [] } = functions;
  const own = [...notices, ...gates].filter((name) => given[name] !== undefined);
  return own.length === 0 ? task(given) : runWith(given, own, gates, task);
}

async function runWith<Options extends Interruptible, T>(
  given: Options,
  own: readonly FunctionNames<Options>[],
  gates: readonly FunctionNames<Options>[],
  task: (options: Options) => Promise<T>,
): Promise<T> {
  const over = new AbortController();
  let thrown: { readonly error: unknown } | undefined;
  const stop = (error: unknown): void => {
    thrown ??= { error };
    over.abort();
  };
  const guarded = own.map((name) => {
    const callee = given[name] as (...values: readonly unknown[]) => unknown;
    const called = (...values: readonly unknown[]): void => {
      try {
        // A function that gives a promise fits the type of one that gives nothing.
        if (thrown === undefined) Promise.resolve(callee(...values)).catch(stop);
      } catch (error) {
        stop(error);
      }
      if (thrown !== undefined && gates.includes(name)) throw preventedError();
    };
    return [name, called];
  });
  const signal = given.signal === undefined ? over.signal : AbortSignal.any([given.signal, over.signal]);
  try {
    return await task({ ...given, ...Object.fromEntries(guarded), signal });
  } catch (error) {
    if (thrown === undefined) throw error;
    throw inDoubt(error, thrown.error) ?? thrown.error;
  }
}

/** The stop of a submit whose earlier attempt was lost: the error tells by its own remedy that the job may exist. */
function inDoubt(error: unknown, cause: unknown): RenderError | undefined {
  if (!RenderError.isInstance(error)) return undefined;
  const { code, record } = error;
  const isStop = code === 'CANCELLED' && record.remedy === ERROR_CODES.CANCELLED.remedy;
  if (isStop || (code !== 'CANCELLED' && code !== 'SUBMIT_OUTCOME_UNKNOWN')) return undefined;
  const { category: _derived, retryable: _stated, ...stated } = record;
  return new RenderError({
    ...stated,
    code: 'SUBMIT_OUTCOME_UNKNOWN',
    message: 'A function of the caller threw while it was not known if the job had been accepted.',
    cause,
  });
}

/** Carries the proof that nothing was sent, so that nobody counts with a job that cannot exist. */
function preventedError(): RenderError {
  const message = 'A function of the caller threw before the request was sent.';
  const cause = new TransportError({ kind: 'aborted', sent: 'not-sent', message });
  return new RenderError({ code: 'CANCELLED', message, cause });
}
