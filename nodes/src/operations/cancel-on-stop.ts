import type { RenderClient } from '@renderq/core';
import type { IExecuteFunctions } from 'n8n-workflow';
import { readOptions } from './parameters.ts';

/** The jobs that end with their execution, where the user asked for that. */
export interface StopGuard {
  /** This job is to be cancelled when the execution is stopped while the node runs. */
  add(jobId: string): void;
  /** The job has ended, or is nobody's any more. */
  remove(jobId: string): void;
  /** The node is done: what is stopped from now on is not its business. */
  release(): void;
}

const NONE: StopGuard = { add: ignore, remove: ignore, release: ignore };

/** Cancels remote jobs when the execution is stopped, if the option of the node says so and the provider can. */
export function cancelOnStop(
  ctx: Pick<IExecuteFunctions, 'getNodeParameter' | 'onExecutionCancellation' | 'getExecutionCancelSignal'>,
  client: RenderClient,
): StopGuard {
  if (client.provider.cancel === null || !isWanted(ctx)) return NONE;
  const jobs = new Set<string>();
  let phase: 'running' | 'stopped' | 'released' = 'running';
  const cancel = (jobId: string) => void client.cancel(jobId).catch(ignore);
  const cancelAll = () => {
    if (phase !== 'running') return;
    phase = 'stopped';
    for (const jobId of jobs) cancel(jobId);
    jobs.clear();
  };
  // Older versions have the signal alone.
  if (typeof ctx.onExecutionCancellation === 'function') ctx.onExecutionCancellation(cancelAll);
  else ctx.getExecutionCancelSignal?.()?.addEventListener('abort', cancelAll, { once: true });
  return {
    // A submit that was on its way when the execution was stopped makes a job all the same.
    add: (jobId) => (phase === 'stopped' ? cancel(jobId) : jobs.add(jobId)),
    remove: (jobId) => jobs.delete(jobId),
    release() {
      phase = 'released';
    },
  };
}

/** Of all items together, as the first one says. */
function isWanted(ctx: Pick<IExecuteFunctions, 'getNodeParameter'>): boolean {
  try {
    return readOptions(ctx, 0).cancelOnStop === true;
  } catch {
    // An expression among the first item's options fails: that item is told when it is its turn, and the others go on.
    return false;
  }
}

function ignore(): void {}
