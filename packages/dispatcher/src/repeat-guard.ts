import type { JobRecord } from './job-record.ts';
import { isFinished } from './job-state.ts';

/** How long the same request without a key counts as a repeat: longer than agents take to try a call again. */
export const REPEAT_GUARD_MS = 300_000;

/**
 * Whether the same request once more would be a second render of this job. One that failed for certain, or was called
 * back, or whose files are lost, may be asked for again; one of which nobody knows may be running.
 */
export const forbidsRepeat = ({ state, error, doubt, isGone }: JobRecord): boolean =>
  !isFinished(state) ||
  (!isGone && (state === 'succeeded' || doubt !== undefined || error?.code === 'SUBMIT_OUTCOME_UNKNOWN'));

/** Whether a person, or a later look, may still say what became of it. */
export const isInDoubt = ({ state, doubt, isGone }: JobRecord): boolean =>
  !isGone && state === 'failed' && doubt !== undefined;
