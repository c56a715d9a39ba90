import {
  type McpServer,
  MissingRequiredClientCapabilityError,
  ProtocolError,
  ProtocolErrorCode,
  type ServerContext,
} from '@modelcontextprotocol/server';
import type { Clock } from '@renderq/core';
import { z } from 'zod';
import { callTool } from '../call-tool.ts';
import type { Caller } from '../caller.ts';
import type { Logger } from '../log.ts';
import { type Surface, toolOf } from '../surface.ts';
import { toToolResult } from '../tool-result.ts';
import { declaresTasks, TASKS_EXTENSION, taskOfJob } from './task-of-job.ts';

export { TASKS_EXTENSION };

interface Parts {
  readonly clock: Clock;
  readonly log: Logger;
  readonly caller: Caller;
}

const taskParams = z.looseObject({ taskId: z.string() });

function requireTasks(context: ServerContext): void {
  if (declaresTasks(context)) return;
  throw new MissingRequiredClientCapabilityError({
    requiredCapabilities: { extensions: { [TASKS_EXTENSION]: {} } },
  });
}

/**
 * Serves the tasks extension as a view of the job store: nothing is kept for it, so that a task outlives this process as
 * its job does, and a client may go on with the job by the tools at any time.
 */
export function serveTasks({ server }: McpServer, surface: Surface, parts: Parts): void {
  const getJob = toolOf(surface, 'get_job');
  const cancelJob = toolOf(surface, 'cancel_job');

  /** What get_job says of the task. Throws ProtocolError for an id that is nobody's or somebody else's. */
  async function look(taskId: string, context: ServerContext) {
    const answer = await callTool(getJob, { jobId: taskId }, context, parts);
    const { job, error } = answer.envelope;
    if (job) return { answer, job };
    const isUnknown = error?.code === 'NOT_FOUND' || error?.code === 'INVALID_REQUEST';
    const code = isUnknown ? ProtocolErrorCode.InvalidParams : ProtocolErrorCode.InternalError;
    throw new ProtocolError(code, answer.headline, { error });
  }

  server.setRequestHandler('tasks/get', { params: taskParams }, async ({ taskId }, context) => {
    requireTasks(context);
    const { answer, job } = await look(taskId, context);
    const task = taskOfJob(job);
    if (task.status !== 'completed') return { ...task };
    return { ...task, result: { ...toToolResult(answer), resultType: 'complete' } };
  });

  server.setRequestHandler('tasks/cancel', { params: taskParams }, async ({ taskId }, context) => {
    requireTasks(context);
    await look(taskId, context);
    // An acknowledgement, not a promise (MCP Tasks extension): whether the job could be stopped, tasks/get tells.
    await callTool(cancelJob, { jobId: taskId }, context, parts);
    return {};
  });

  server.setRequestHandler('tasks/update', { params: taskParams }, async ({ taskId }, context) => {
    requireTasks(context);
    // No job ever asks for input, so there is nothing that these answers could belong to (they are to be ignored then).
    await look(taskId, context);
    return {};
  });
}
