import { z } from 'zod';
import { jobLine } from '../headline.ts';
import { localWarnings } from '../local-warning.ts';
import { afterLook } from '../next-action.ts';
import { presentJob } from '../present-job.ts';
import { defineTool } from '../tool.ts';
import type { ToolContext } from '../tool-context.ts';
import { jobIdArgument } from './job-id-argument.ts';

/** A request on the wire is not cut off, so a cancellation may take longer than a call should. */
const LONGEST_WAIT_MS = 20_000;

/** Ends a job that is still open. */
export const cancelJobTool = ({ accounts, dispatcher, clock }: ToolContext) =>
  defineTool({
    name: 'cancel_job',
    title: 'Cancel a render job',
    description:
      'Cancel a job that has not ended. A job still queued here is never sent; not every provider can stop one it has.',
    gives: ['job', 'nextAction'],
    hints: { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: true },
    input: z.object({ jobId: jobIdArgument }),
    async run({ jobId }, { caller, startedAt }) {
      const cancelled = await dispatcher.cancel(jobId, {
        principal: caller.principal,
        untilMs: startedAt + LONGEST_WAIT_MS,
      });
      const job = presentJob(cancelled, caller);
      const warnings = localWarnings(accounts, [job]);
      return {
        headline: jobLine(job),
        envelope: { job, ...(warnings.length > 0 ? { warnings } : {}), ...afterLook(job, clock.now()) },
      };
    },
  });
