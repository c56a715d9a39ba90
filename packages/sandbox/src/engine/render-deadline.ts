import { RenderFault } from './renderer.ts';

export interface RenderDeadline {
  /** Aborted by the caller's signal or by the clock; the reason is always a RenderFault. */
  readonly signal: AbortSignal;
  /** Stops the clock. Must be called when the render is over. */
  release(): void;
}

/**
 * Joins a caller's abort signal and a wall-clock limit, if there is one, into one signal that says which of the two
 * struck.
 */
export function startDeadline(signal: AbortSignal, timeoutMs?: number): RenderDeadline {
  const controller = new AbortController();
  const cancel = () => controller.abort(new RenderFault('cancelled', 'The render was cancelled.'));
  const timer =
    timeoutMs === undefined
      ? undefined
      : setTimeout(() => {
          controller.abort(new RenderFault('timeout', `The render did not finish within ${timeoutMs / 1000} s.`));
        }, timeoutMs);
  if (signal.aborted) cancel();
  else signal.addEventListener('abort', cancel, { once: true });
  return {
    signal: controller.signal,
    release() {
      clearTimeout(timer);
      signal.removeEventListener('abort', cancel);
    },
  };
}

/** Turns whatever was thrown into a RenderFault; an abort explains every error that follows it. */
export function toRenderFault(error: unknown, signal: AbortSignal): RenderFault {
  if (signal.aborted && signal.reason instanceof RenderFault) return signal.reason;
  if (error instanceof RenderFault) return error;
  const words = error instanceof Error ? error.message : String(error);
  return new RenderFault('failed', 'The render engine failed unexpectedly.', words.slice(0, 500));
}
