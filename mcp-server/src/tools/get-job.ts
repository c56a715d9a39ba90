import type { ErrorRecord } from '@renderq/core';
import type { Job, WaitForOptions } from '@renderq/dispatcher';
import { z } from 'zod';
import type { Caller } from '../caller.ts';
import type { ToolJob } from '../envelope.ts';
import { errorLine, jobLine } from '../headline.ts';
import { borrowedFilesWarnings, localWarnings } from '../local-warning.ts';
import { afterLook, afterLookFailed, callAgain } from '../next-action.ts';
import { presentJob } from '../present-job.ts';
import { defineTool } from '../tool.ts';
import type { ToolContext } from '../tool-context.ts';
import { jobIdArgument } from './job-id-argument.ts';

/** Below the 60 s after which most clients give a call up. */
const LONGEST_WAIT_S = 45;

/** How often a lost submit is asked about within one wait; the dispatcher looks no more often than is worth it. */
const DOUBT_LOOK_MS = 10_000;

const isInDoubt = ({ doubt }: Job): boolean => doubt !== undefined;

/** The job at its end, or as it is when the time is over. A submit whose outcome is unknown may still be settled. */
async function waitForEnd(
  { dispatcher, clock }: ToolContext,
  jobId: string,
  { principal, ...wait }: WaitForOptions & { readonly principal: string },
): Promise<Job> {
  let job = await dispatcher.waitFor(jobId, { principal, ...wait });
  while (isInDoubt(job) && clock.now() < wait.untilMs && !wait.signal?.aborted) {
    await clock.sleep(Math.min(DOUBT_LOOK_MS, wait.untilMs - clock.now()), wait.signal).catch(() => undefined);
    job = await dispatcher.waitFor(jobId, { principal, ...wait });
  }
  return job;
}

/** A look at one job, with a bounded wait for its end. */
export const getJobTool = (context: ToolContext) => {
  const { accounts, dispatcher, clock } = context;

  /** What a sandbox has lost costs nothing to render again; whether a paid render is repeated, a person decides. */
  async function afterFailedLook(job: ToolJob, error: ErrorRecord, { principal }: Caller) {
    const { id, provider, local, label } = job;
    const isFree = local === true && accounts.modeOf(provider) === 'sandbox';
    if (error.code !== 'OUTPUT_EXPIRED' || !isFree) return afterLookFailed(job, error);
    const request = await dispatcher.requestOf(id, { principal });
    if (request === undefined) return afterLookFailed(job, error);
    const again = { provider, request, ...(label === undefined ? {} : { label }) };
    return callAgain('submit_render', again, 'The sandbox of this server renders it anew.');
  }

  return defineTool({
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
    async run({ jobId, waitSeconds = 0 }, { caller, startedAt, signal, progress }) {
      const { principal } = caller;
      const show = (job: Job) => presentJob(job, caller);
      const wait = { principal, untilMs: startedAt + waitSeconds * 1000, signal };
      const job = show(
        waitSeconds > 0
          ? await waitForEnd(context, jobId, { ...wait, onChange: (seen) => progress(show(seen)) })
          : await dispatcher.get(jobId, { principal }),
      );
      const warnings = [...localWarnings(accounts, [job]), ...borrowedFilesWarnings(accounts, job)];
      // A look that is only held up is no failure of this call: the job's last state stands and the next look comes.
      const error = job.watch?.delayed ? undefined : job.watch?.error;
      return {
        headline: error ? `${errorLine(error)} (Job ${job.id} was last seen ${job.state}.)` : jobLine(job),
        envelope: {
          job,
          ...(warnings.length > 0 ? { warnings } : {}),
          ...(error ? { error, ...(await afterFailedLook(job, error, caller)) } : afterLook(job, clock.now())),
        },
      };
    },
  });
};
