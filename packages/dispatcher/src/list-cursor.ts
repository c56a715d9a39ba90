import { RenderError } from '@renderq/core';

const CURSOR = /^c([1-9]\d{0,15})$/;

/** The cursor after the job of this sequence number. */
export const writeCursor = (sequence: number): string => `c${sequence}`;

/** Throws RenderError INVALID_REQUEST (field `cursor`) for what {@link writeCursor} did not make. */
export function readCursor(cursor: string): number {
  const sequence = CURSOR.exec(cursor)?.[1];
  if (sequence === undefined) {
    throw new RenderError({
      code: 'INVALID_REQUEST',
      message: 'The cursor is not one that this list gave out.',
      field: 'cursor',
      remedy: 'Pass the nextCursor of the page before, or leave cursor out to start at the newest job.',
    });
  }
  return Number(sequence);
}
