import { CLIENT_CAPABILITIES_META_KEY, type ServerContext } from '@modelcontextprotocol/server';
import { isFinished } from '@renderq/dispatcher';
import type { ToolJob } from '../envelope.ts';
import { jobLine } from '../headline.ts';
import type { Answer } from '../tool.ts';

/** The extension's identifier (MCP Tasks extension, revision 2026-07-28). */
export const TASKS_EXTENSION = 'io.modelcontextprotocol/tasks';

/** As often as a look at the store is worth its round trip. */
const POLL_INTERVAL_MS = 2_000;

/** A job in the words of the tasks extension. The task's id is the job's. */
export interface Task {
  readonly taskId: string;
  readonly status: 'working' | 'completed' | 'cancelled';
  readonly statusMessage: string;
  readonly createdAt: string;
  readonly lastUpdatedAt: string;
  /** Null: a task lives as long as its job. */
  readonly ttlMs: null;
  readonly pollIntervalMs: number;
}

/** A render that failed is a completed task: its result is the look at the failed job. */
const STATUS = {
  queued: 'working',
  submitting: 'working',
  running: 'working',
  succeeded: 'completed',
  failed: 'completed',
  cancelled: 'cancelled',
} as const satisfies Record<ToolJob['state'], Task['status']>;

/** The task that a job is. */
export const taskOfJob = (job: ToolJob): Task => ({
  taskId: job.id,
  status: STATUS[job.state],
  statusMessage: jobLine(job),
  createdAt: job.createdAt,
  lastUpdatedAt: job.updatedAt,
  ttlMs: null,
  pollIntervalMs: POLL_INTERVAL_MS,
});

/** Whether an answer leaves something to wait for. One that is an error, or whose job has ended, is the result itself. */
export const isOpenTask = ({ envelope: { error, job } }: Answer): boolean =>
  error === undefined && job !== undefined && !isFinished(job.state);

/** Whether the client declared the extension on this very request: clients that did not could not read a task. */
export function declaresTasks({ mcpReq }: ServerContext): boolean {
  const envelope: Readonly<Record<string, unknown>> = mcpReq.envelope ?? {};
  const capabilities = envelope[CLIENT_CAPABILITIES_META_KEY];
  if (typeof capabilities !== 'object' || capabilities === null || !('extensions' in capabilities)) return false;
  const { extensions } = capabilities;
  return typeof extensions === 'object' && extensions !== null && Object.hasOwn(extensions, TASKS_EXTENSION);
}
