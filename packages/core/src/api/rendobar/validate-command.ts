import type { CallOptions } from '../../contract/client.ts';
import { definedFields } from '../../decode/defined-fields.ts';
import { badAnswer } from '../../decode/error-answer.ts';
import { readText } from '../../decode/scalars.ts';
import { cleanText } from '../../errors/redact.ts';
import { RenderError } from '../../errors/render-error.ts';
import type { HttpResponse } from '../../ports/http-transport.ts';
import { RENDOBAR_DIALECT } from '../../providers/rendobar/errors.ts';
import type { ApiCaller } from '../api-caller.ts';
import { readObject } from './resources.ts';

/** What Rendobar makes of an FFmpeg command without running it. */
export type RendobarCommandCheck =
  | { readonly valid: true; readonly args: readonly string[]; readonly inferredOutputFormat?: string }
  | { readonly valid: false; readonly error: string };

/** @throws {RenderError} when no verdict could be had; a command that is refused is no error. */
export async function validateCommand(
  call: ApiCaller,
  command: string,
  options?: CallOptions,
): Promise<RendobarCommandCheck> {
  try {
    return await call({ method: 'POST', path: '/ffmpeg/validate', body: { command } }, { options, read: readVerdict });
  } catch (error) {
    // The page implies a 200 either way and states none; a validation error is the same verdict.
    if (!RenderError.isInstance(error) || error.record.providerCode?.toUpperCase() !== 'VALIDATION_ERROR') throw error;
    return { valid: false, error: error.message };
  }
}

function readVerdict(response: HttpResponse): RendobarCommandCheck {
  const { valid, args, inferredOutputFormat, error } = readObject(response);
  if (valid === true) {
    const listed = Array.isArray(args) ? args.filter((arg) => typeof arg === 'string') : [];
    return { valid, args: listed, ...definedFields({ inferredOutputFormat: readText(inferredOutputFormat) }) };
  }
  if (valid === false) return { valid, error: cleanText(readText(error) ?? 'The command was refused.', 500) };
  throw badAnswer(RENDOBAR_DIALECT, response, 'no verdict');
}
