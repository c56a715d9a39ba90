export { type AccountHandle, accountName } from './account-handle.ts';
export { createDispatcher } from './dispatcher.ts';
export type {
  ByPrincipal,
  CancelOptions,
  Dispatcher,
  DispatcherOptions,
  JobPage,
  ListOptions,
  SettleInput,
  SubmitInput,
  WaitForOptions,
} from './dispatcher-contract.ts';
export { type Job, viewJob } from './job.ts';
export { newJobId } from './job-id.ts';
export type { Doubt, JobRecord } from './job-record.ts';
export { isFinished, JOB_STATES, type JobState } from './job-state.ts';
export type { Insertion, InsertRules, JobStore, ListQuery, News, RecordPage, Request } from './job-store.ts';
export { createMemoryStore, type MemoryStoreOptions } from './memory-store.ts';
export { LOCAL_PRINCIPAL } from './principal.ts';
export { requestProblem } from './request-problem.ts';
export { createSqliteStore, type SqliteStoreOptions } from './sqlite-store.ts';
