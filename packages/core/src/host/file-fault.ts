import { RenderError } from '../errors/render-error.ts';

/** What the file system said, in words; any other code is told as it is. */
const REASONS: Readonly<Record<string, { readonly says: string; readonly remedy: string }>> = {
  ENOENT: { says: 'there is no such file or folder', remedy: 'Check the path, and that its folder exists.' },
  ENOTDIR: { says: 'a part of the path is no folder', remedy: 'Check the path.' },
  EISDIR: { says: 'the path names a folder', remedy: 'Pass the path of a file.' },
  EACCES: { says: 'this process may not touch it', remedy: 'Check the permissions of the file and of its folder.' },
  EPERM: { says: 'this process may not touch it', remedy: 'Check the permissions of the file and of its folder.' },
  EROFS: { says: 'the file system is read-only', remedy: 'Choose a path on a disk that can be written.' },
  ENOSPC: { says: 'the disk is full', remedy: 'Free some space or choose another disk, then try again.' },
  EDQUOT: { says: 'the disk quota is used up', remedy: 'Free some space or choose another disk, then try again.' },
  EMFILE: { says: 'too many files are open', remedy: 'Move fewer files at a time.' },
  EFBIG: { says: 'the file is larger than the file system takes', remedy: 'Choose another disk.' },
  EIO: { says: 'the disk could not be read or written', remedy: 'Choose another disk, then try again.' },
  ERR_INVALID_ARG_VALUE: { says: 'the path holds a character that no path has', remedy: 'Check the path.' },
  ENAMETOOLONG: { says: 'the path is too long', remedy: 'Choose a shorter path.' },
};

/**
 * What the file system did to a call, as INVALID_REQUEST with field `path`: the path is the caller's, and so is the disk.
 * The path itself is not repeated; Node's own error is the cause.
 */
export function fileFault(what: string, cause: unknown): RenderError {
  const code = codeOf(cause);
  const reason = Object.hasOwn(REASONS, code) ? REASONS[code] : undefined;
  return new RenderError({
    code: 'INVALID_REQUEST',
    message: `${what}: ${reason?.says ?? (code === '' ? 'the file system refused' : code)}.`,
    field: 'path',
    remedy: reason?.remedy ?? 'Check the path and the disk that it is on.',
    cause,
  });
}

/** Whether an error is one of the file system and not, say, of the connection that the bytes come from. */
export function isFileFault(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return ('path' in error && codeOf(error) !== '') || Object.hasOwn(REASONS, codeOf(error));
}

function codeOf(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : '';
}
