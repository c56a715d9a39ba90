import { isFinished, JOB_STATES } from '@renderq/dispatcher';
import { z } from 'zod';
import type { NextAction } from '../envelope.ts';
import { localWarnings } from '../local-warning.ts';
import { presentRow } from '../present-job.ts';
import { defineTool } from '../tool.ts';
import type { ToolContext } from '../tool-context.ts';
import { providerArgument } from './provider-argument.ts';

/** The jobs of this server, newest first. */
export const listJobsTool = ({ accounts, dispatcher }: ToolContext) =>
  defineTool({
    name: 'list_jobs',
    title: 'List render jobs',
    description: 'Jobs submitted through this server, newest first. Use it to find a lost job id.',
    gives: ['jobs', 'nextCursor'],
    hints: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
    input: z.object({
      state: z.enum(JOB_STATES).optional(),
      provider: providerArgument(accounts.providers).optional(),
      limit: z.int().min(1).max(50).optional().describe('Default 10'),
      cursor: z.string().max(200).optional().describe('nextCursor of the page before'),
    }),
    async run({ state, provider, limit = 10, cursor }, { caller }) {
      const filters = { ...(state && { state }), ...(provider && { provider }) };
      const page = await dispatcher.list({
        principal: caller.principal,
        ...filters,
        limit,
        ...(cursor === undefined ? {} : { cursor }),
      });
      const rows = page.jobs.map((job) => presentRow(job, caller));
      const warnings = localWarnings(accounts, rows);
      const open = page.jobs.find((job) => !isFinished(job.state));
      const nextAction: NextAction | undefined = open
        ? {
            tool: 'get_job',
            arguments: { jobId: open.id, waitSeconds: 30 },
            reason: 'The newest job that has not ended.',
          }
        : page.nextCursor === undefined
          ? undefined
          : {
              tool: 'list_jobs',
              arguments: { ...filters, limit, cursor: page.nextCursor },
              reason: 'There are more jobs.',
            };
      const count = page.jobs.length;
      return {
        headline: `${count} job${count === 1 ? '' : 's'}${page.nextCursor === undefined ? '' : '; more with nextCursor'}.`,
        envelope: {
          jobs: rows,
          ...(warnings.length > 0 ? { warnings } : {}),
          ...(page.nextCursor === undefined ? {} : { nextCursor: page.nextCursor }),
          ...(nextAction && { nextAction }),
        },
      };
    },
  });
