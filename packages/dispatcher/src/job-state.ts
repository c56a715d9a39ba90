/** What a job of the dispatcher is doing. `queued` covers our own queue and the provider's: the provider's job id tells them apart. */
export type JobState = 'queued' | 'submitting' | 'running' | 'succeeded' | 'failed' | 'cancelled';

/** Every state, in the order a job passes through them. */
export const JOB_STATES = [
  'queued',
  'submitting',
  'running',
  'succeeded',
  'failed',
  'cancelled',
] as const satisfies readonly JobState[];

/** Whether nothing will change in a job of this state any more. */
export const isFinished = (state: JobState): boolean =>
  state === 'succeeded' || state === 'failed' || state === 'cancelled';
