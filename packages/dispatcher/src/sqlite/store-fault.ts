import { RenderError } from '@renderq/core';

/** SQLite's primary result codes (sqlite.org/rescode.html) that a person can do something about. */
const REASONS: Readonly<Record<number, string>> = {
  5: 'another process keeps the job file locked',
  6: 'another process keeps the job file locked',
  8: 'the job file may not be written',
  10: 'the disk of the job file cannot be read or written',
  11: 'the job file is damaged',
  13: 'there is no space left for the job file',
  14: 'the job file cannot be opened',
  26: 'the job file is not one of renderq',
};

/** Node's codes of faults with files. */
const FILE_REASONS: Readonly<Record<string, string>> = {
  EACCES: 'the folder of the job file may not be written',
  EPERM: 'the folder of the job file may not be written',
  EROFS: 'the folder of the job file may not be written',
  ENOSPC: 'there is no space left for the job file',
  ENOTDIR: 'the folder of the job file cannot be made: a file stands in its way',
  EEXIST: 'the folder of the job file cannot be made: a file stands in its way',
};

const numberOf = (fault: unknown): number | undefined =>
  fault instanceof Error && 'errcode' in fault && typeof fault.errcode === 'number' ? fault.errcode & 0xff : undefined;

/** SQLITE_CORRUPT. */
export const DAMAGE = 11;

/** Whether the file is not, or no longer, a database that can be read. */
export const isDamage = (fault: unknown): boolean => {
  const code = numberOf(fault);
  return code === DAMAGE || code === 26;
};

/** Whether a lock is held by another connection. */
export const isBusy = (fault: unknown): boolean => numberOf(fault) === 5;

/** The typed error for what SQLite or the file system threw: without a path or a value, which may be anybody's secret. */
export function storeFault(fault: unknown): RenderError {
  if (RenderError.isInstance(fault)) return fault;
  const word = fault instanceof Error && 'code' in fault ? String(fault.code) : '';
  const reason = REASONS[numberOf(fault) ?? 0] ?? FILE_REASONS[word] ?? 'the job file cannot be used';
  return new RenderError({
    code: 'STORE_UNAVAILABLE',
    message: `Jobs cannot be kept: ${reason}.`,
    cause: fault,
  });
}
