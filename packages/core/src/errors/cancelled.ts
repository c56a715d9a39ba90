import { RenderError } from './render-error.ts';

/** The error of a call whose caller no longer wants it. */
export function cancelledError(signal?: AbortSignal): RenderError {
  return new RenderError({
    code: 'CANCELLED',
    message: 'The caller cancelled this call before it was done.',
    cause: signal?.reason,
  });
}

/** @throws {RenderError} CANCELLED when the signal has aborted. */
export function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw cancelledError(signal);
}
