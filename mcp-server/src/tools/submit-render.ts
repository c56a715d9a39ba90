import type { Job } from '@renderq/dispatcher';
import { z } from 'zod';
import { jobLine } from '../headline.ts';
import { localWarnings } from '../local-warning.ts';
import { afterLook } from '../next-action.ts';
import { presentJob } from '../present-job.ts';
import { defineTool } from '../tool.ts';
import type { ToolContext } from '../tool-context.ts';
import { providerArgument } from './provider-argument.ts';
import { requestArgument } from './request-argument.ts';

/** Long enough for a provider to refuse a plain mistake, short enough to count as at once. */
const EARLY_REFUSAL_MS = 1500;

/** The provider has the job, or has said why not. */
const isSettled = (job: Job): boolean => job.providerJobId !== undefined || job.queue?.error !== undefined;

const DEDUPLICATED =
  'This key and request were submitted before: this is the first job. Use a new idempotencyKey to render again.';

/** Accepts a job and gives out its id before anything is waited for. */
export const submitRenderTool = ({ accounts, dispatcher }: ToolContext) =>
  defineTool({
    name: 'submit_render',
    title: 'Submit a render job',
    description:
      'Queue a paid render; returns job.id at once, then follow it with get_job. At an account limit the job waits and is sent when there is room.',
    gives: ['job', 'nextAction'],
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
    async run({ provider, request, idempotencyKey, label, maxQueueSeconds = 600 }, { startedAt, signal }) {
      const accepted = await dispatcher.submit({
        provider,
        request,
        ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
        ...(label === undefined ? {} : { label }),
        maxQueueMs: maxQueueSeconds * 1000,
      });
      const seen = await dispatcher.waitFor(accepted.id, {
        untilMs: startedAt + EARLY_REFUSAL_MS,
        signal,
        until: isSettled,
      });
      const job = presentJob(accepted.deduplicated ? { ...seen, deduplicated: true } : seen, accounts.modeOf(provider));
      const warnings = [...localWarnings(accounts, [provider]), ...(job.deduplicated ? [DEDUPLICATED] : [])];
      return {
        headline: jobLine(job),
        envelope: { job, ...(warnings.length > 0 ? { warnings } : {}), ...afterLook(job) },
      };
    },
  });
