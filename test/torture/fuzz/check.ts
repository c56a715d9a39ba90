import { inspect } from 'node:util';
import { core } from '../built-core.ts';
import { SIGNATURE } from '../vendor.ts';

const STATES: ReadonlySet<unknown> = new Set(['queued', 'running', 'succeeded', 'failed', 'cancelled']);
const CODES: ReadonlySet<unknown> = new Set(core.RENDER_ERROR_CODES);

interface Watched {
  readonly apiKey: string;
  /** Whether a signed link must not be seen either. */
  readonly isIntact: boolean;
  /** Whether to pay for the most thorough look. */
  readonly isSampled: boolean;
}

/** What is wrong with an error that was thrown, or undefined. */
export function problemOfError(error: unknown, { apiKey, isIntact, isSampled }: Watched): string | undefined {
  if (!(error instanceof core.RenderError)) return `not a RenderError: ${inspect(error)}`;
  if (!CODES.has(error.code)) return `unknown code ${error.code}`;
  if (error.code === 'INTERNAL') return `a defect of renderq: ${error.message}`;
  const { retryAfterMs } = error.record;
  if (retryAfterMs !== undefined && !(retryAfterMs >= 0 && retryAfterMs <= 86_401_000)) {
    return `asks for ${retryAfterMs} ms`;
  }
  const forms = [JSON.stringify(error.record), JSON.stringify(error), error.message, error.stack, `${error.cause}`];
  if (isSampled) forms.push(inspect(error, { depth: 8, showHidden: true }));
  const text = forms.join('\n');
  if (text.includes(apiKey)) return 'gave away the key';
  if (isIntact && text.includes(SIGNATURE)) return 'gave away a signature';
  return undefined;
}

/** What is wrong with a job that was read, or undefined. */
export function problemOfJob(job: unknown, watched: Watched): string | undefined {
  const { id, state, progress, error, providerState } = job as Record<string, unknown>;
  if (typeof id !== 'string' || id === '' || /[/\\]/.test(id)) return `a job with the id ${inspect(id)}`;
  if (!STATES.has(state)) return `a job in the state ${inspect(state)}`;
  if (typeof providerState !== 'string') return `a job in the provider's state ${inspect(providerState)}`;
  if (progress !== undefined && !(typeof progress === 'number' && progress >= 0 && progress <= 1)) {
    return `a job with the progress ${inspect(progress)}`;
  }
  if ((state === 'failed') !== (error !== undefined)) return `a job that is ${state} with the error ${inspect(error)}`;
  if (JSON.stringify(error)?.includes(watched.apiKey)) return 'a failed job that gave away the key';
  JSON.stringify(job);
  return undefined;
}
