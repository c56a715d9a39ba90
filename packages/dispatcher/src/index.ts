export {
  type CancelOptions,
  createDispatcher,
  type Dispatcher,
  type DispatcherOptions,
  type JobPage,
  type SubmitInput,
  type WaitForOptions,
} from './dispatcher.ts';
export { type Job, viewJob } from './job.ts';
export { newJobId } from './job-id.ts';
export type { JobRecord } from './job-record.ts';
export { isFinished, JOB_STATES, type JobState } from './job-state.ts';
export type { JobStore, ListQuery, RecordPage } from './job-store.ts';
export { createMemoryStore, type MemoryStoreOptions } from './memory-store.ts';
export { requestProblem } from './request-problem.ts';
