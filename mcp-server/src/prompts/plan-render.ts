import { completable, type McpServer } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { EXAMPLE_REQUESTS } from '../example-requests.ts';
import { schemaUri } from '../resources/request-schema.ts';
import type { Surface } from '../surface.ts';
import { cleanGoal } from '../untrusted-text.ts';

/** The steps to a render on a provider, with the tools in the order in which they are called. */
export function renderPlan(provider: string, goal: string): string {
  const request = JSON.stringify(EXAMPLE_REQUESTS[provider] ?? {});
  return [
    `Render this on ${provider}: ${cleanGoal(goal)}`,
    '',
    '1. list_providers: see whether the account is ready, live or the local sandbox, and what its limits are.',
    '2. probe_media with each source that you do not know: its duration, size and codecs.',
    `3. Write the request. Start from ${request}; its schema is the resource ${schemaUri(provider)}.`,
    `4. validate_render with { "provider": "${provider}", "request": ... }: correct every issue by its field, until none is left.`,
    '5. submit_render with the same arguments and an idempotencyKey of your own: it answers with job.id at once. A live render is paid.',
    '6. get_job with { "jobId": ..., "waitSeconds": 30 }, again and again until job.state is succeeded, failed or cancelled.',
    '7. Report job.output.url, or job.error.code with job.error.remedy.',
    '',
    'Where an answer has nextAction, make that call next.',
  ].join('\n');
}

/** The one prompt: how to get from a goal to a film. Nothing depends on it. */
export function registerPlanRender(server: McpServer, { context: { accounts } }: Surface): void {
  const ids = accounts.providers.map(({ id }) => id);
  server.registerPrompt(
    'plan_render',
    {
      title: 'Plan a render',
      description: 'The steps from a goal to a rendered file, with the tools in order and a request to start from.',
      argsSchema: z.object({
        provider: completable(z.enum(ids), (begun) => ids.filter((id) => id.startsWith(begun ?? ''))),
        goal: z.string().min(1).max(2000).describe('What to render, in your own words'),
      }),
    },
    ({ provider, goal }) => ({
      description: `Plan a render on ${provider}`,
      messages: [{ role: 'user', content: { type: 'text', text: renderPlan(provider, goal) } }],
    }),
  );
}
