import { cleanText } from './redact.ts';
import { RenderError } from './render-error.ts';

/** The error itself when it is one of ours, else INTERNAL: a caller may rely on every error being typed. */
export function asRenderError(error: unknown): RenderError {
  if (RenderError.isInstance(error)) return error;
  return new RenderError({ code: 'INTERNAL', message: cleanText(describe(error), 300), cause: error });
}

function describe(error: unknown): string {
  try {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  } catch {
    return 'Something was thrown that cannot be written as text.';
  }
}

/**
 * The result of a task, or the RenderError that anything it throws or rejects with means. Not an async function: each of
 * those costs a waiting call some hundred bytes, and many calls may wait.
 */
export function typed<T>(task: () => Promise<T>): Promise<T> {
  try {
    return task().catch(rethrowTyped);
  } catch (error) {
    return Promise.reject(asRenderError(error));
  }
}

function rethrowTyped(error: unknown): never {
  throw asRenderError(error);
}
