import { RenderError } from '@renderq/core';
import { type Job, requestProblem } from '@renderq/dispatcher';
import { z } from 'zod';
import type { Caller } from '../caller.ts';
import { findLocalReferences } from '../files/local-reference.ts';
import { errorLine, jobLine } from '../headline.ts';
import { borrowedFilesWarnings, localWarnings } from '../local-warning.ts';
import { afterLook, callAgain } from '../next-action.ts';
import { presentError } from '../present-error.ts';
import { presentJob } from '../present-job.ts';
import { type Answer, defineTool } from '../tool.ts';
import type { ToolContext } from '../tool-context.ts';
import { providerArgument } from './provider-argument.ts';
import { requestArgument } from './request-argument.ts';

/** Long enough for a provider to refuse a plain mistake, short enough to count as at once. */
const EARLY_REFUSAL_MS = 1500;

/** Under the 60 s after which most clients give a call up. */
const LONGEST_UPLOAD_MS = 40_000;

/** The provider has the job, or has said why not. */
const isSettled = (job: Job): boolean => job.providerJobId !== undefined || job.queue?.error !== undefined;

const SAME_KEY =
  'This key and request were submitted before: this is the first job. Use a new idempotencyKey to render again.';
const SAME_REQUEST =
  'The same request was submitted some minutes ago: this is that job. To render it once more, give an idempotencyKey of its own.';

/** Nothing is uploaded for a request that would be refused on sight. */
async function assertSubmittable(
  context: ToolContext,
  provider: string,
  request: object,
  caller: Caller,
): Promise<void> {
  if (findLocalReferences(request).length === 0) return;
  const rehearsed = await context.uploads.rehearse(provider, request, caller);
  const client = await context.accounts.client(provider);
  const problem = requestProblem(provider, client.check(rehearsed));
  if (problem) throw problem;
}

/** Large files take longer than a call may: what was begun goes on, and the same call again meets it. */
function stillUploading(args: Readonly<Record<string, unknown>>, files: number): Answer {
  const error = presentError(
    new RenderError({
      code: 'WAIT_TIMEOUT',
      message: `${files} local file${files === 1 ? ' is' : 's are'} still being uploaded; nothing has been submitted yet.`,
      remedy: 'Call submit_render again with the same arguments: the upload goes on meanwhile.',
    }).record,
  );
  const again = callAgain('submit_render', args, 'The upload goes on; this call continues it.');
  return { headline: errorLine(error), envelope: { error, ...again } };
}

const gaveUp = (): RenderError =>
  new RenderError({
    code: 'CANCELLED',
    message: 'The call was given up while files were uploaded; nothing was submitted.',
  });

/** Accepts a job and gives out its id before anything is waited for. */
export const submitRenderTool = (context: ToolContext) => {
  const { accounts, dispatcher, uploads, clock } = context;
  return defineTool({
    name: 'submit_render',
    title: 'Submit a render job',
    description:
      'Queue a paid render; returns job.id at once, then follow it with get_job. At an account limit the job waits and is sent when there is room.',
    gives: ['job', 'nextAction'],
    startsTask: true,
    hints: { readOnlyHint: false, destructiveHint: false, idempotentHint: false, openWorldHint: true },
    input: z.object({
      provider: providerArgument(accounts.providers),
      request: requestArgument,
      idempotencyKey: z
        .string()
        .trim()
        .min(1)
        .max(200)
        .optional()
        .describe('A repeat with the same key returns the first job'),
      label: z.string().trim().max(200).optional().describe('Your own name for the job'),
      maxQueueSeconds: z
        .number()
        .min(0)
        .max(3600)
        .optional()
        .describe('How long to wait at an account limit; default 600'),
    }),
    async run(args, { caller, startedAt, signal }) {
      const { provider, request, idempotencyKey, label, maxQueueSeconds = 600 } = args;
      await assertSubmittable(context, provider, request, caller);
      const brought = await uploads.bringIn(provider, request, { caller, untilMs: startedAt + LONGEST_UPLOAD_MS });
      if ('pending' in brought) return stillUploading(args, brought.pending);
      // Whoever left while files went up has heard of no job, so there is none. Once one is accepted, it stays.
      if (brought.uploaded > 0 && signal.aborted) throw gaveUp();
      const { principal } = caller;
      const accepted = await dispatcher.submit({
        principal,
        provider,
        request: brought.request,
        ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
        ...(label === undefined ? {} : { label }),
        maxQueueMs: maxQueueSeconds * 1000,
      });
      const seen = await dispatcher.waitFor(accepted.id, {
        principal,
        untilMs: (brought.uploaded > 0 ? clock.now() : startedAt) + EARLY_REFUSAL_MS,
        signal,
        until: isSettled,
      });
      const job = presentJob(accepted.deduplicated ? { ...seen, deduplicated: true } : seen, caller);
      const warnings = [
        ...localWarnings(accounts, [job]),
        ...borrowedFilesWarnings(accounts, job),
        ...(job.deduplicated ? [idempotencyKey === undefined ? SAME_REQUEST : SAME_KEY] : []),
      ];
      return {
        headline: jobLine(job),
        envelope: { job, ...(warnings.length > 0 ? { warnings } : {}), ...afterLook(job, clock.now()) },
      };
    },
  });
};
