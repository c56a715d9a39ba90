import { RenderError } from '../errors/render-error.ts';

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not get into a path
const UNSAFE = /[\u0000-\u001f\u007f/\\]/;

/** Whether text can be a job id: 1 to 200 characters, without slashes and control characters, and no dot segment. */
export function isJobId(text: string): boolean {
  return text.length > 0 && text.length <= 200 && !UNSAFE.test(text) && !/^\.{1,2}$/.test(text) && text.isWellFormed();
}

/**
 * A job id as one path segment.
 * @throws {RenderError} INVALID_REQUEST with field `jobId` when it could name another path.
 */
export function jobPathSegment(jobId: string): string {
  if (typeof jobId !== 'string' || !isJobId(jobId)) {
    throw new RenderError({
      code: 'INVALID_REQUEST',
      message: 'The job id is empty, too long, or holds slashes or control characters.',
      field: 'jobId',
      remedy: 'Pass the job id exactly as the submit answered it.',
    });
  }
  return encodeURIComponent(jobId);
}
