import { z } from 'zod';
import { errorLine, jobLine } from '../headline.ts';
import { localWarnings } from '../local-warning.ts';
import { afterLook } from '../next-action.ts';
import { presentJob } from '../present-job.ts';
import { defineTool } from '../tool.ts';
import type { ToolContext } from '../tool-context.ts';
import { jobIdArgument } from './job-id-argument.ts';

/** Below the 60 s after which most clients give a call up. */
const LONGEST_WAIT_S = 45;

/** A look at one job, with a bounded wait for its end. */
export const getJobTool = ({ accounts, dispatcher }: ToolContext) =>
  defineTool({
    name: 'get_job',
    title: 'Get a render job',
    description:
      'State, progress and output links of a job. A failed job is returned with job.error; branch on job.error.code.',
    gives: ['job', 'nextAction'],
    hints: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: true },
    input: z.object({
      jobId: jobIdArgument,
      waitSeconds: z
        .number()
        .min(0)
        .max(LONGEST_WAIT_S)
        .optional()
        .describe('Wait up to this long for the job to end; default 0'),
    }),
    async run({ jobId, waitSeconds = 0 }, { startedAt, signal, progress }) {
      const show = (job: Parameters<typeof presentJob>[0]) => presentJob(job, accounts.modeOf(job.provider));
      const job = show(
        waitSeconds > 0
          ? await dispatcher.waitFor(jobId, {
              untilMs: startedAt + waitSeconds * 1000,
              signal,
              onChange: (seen) => progress(show(seen)),
            })
          : await dispatcher.get(jobId),
      );
      const warnings = localWarnings(accounts, [job.provider]);
      // A look that is only held up is no failure of this call: the job's last state stands and the next look comes.
      const error = job.watch?.delayed ? undefined : job.watch?.error;
      return {
        headline: error ? `${errorLine(error)} (Job ${job.id} was last seen ${job.state}.)` : jobLine(job),
        envelope: {
          job,
          ...(warnings.length > 0 ? { warnings } : {}),
          ...(error ? { error } : afterLook(job)),
        },
      };
    },
  });
