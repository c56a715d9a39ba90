import { cleanText } from './redact.ts';
import { RenderError } from './render-error.ts';

/** The error itself when it is one of ours, else INTERNAL: a caller may rely on every error being typed. */
export function asRenderError(error: unknown): RenderError {
  if (RenderError.isInstance(error)) return error;
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return new RenderError({ code: 'INTERNAL', message: cleanText(message, 300), cause: error });
}
