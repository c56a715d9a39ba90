import { type ErrorIssue, RenderError, type RenderProvider } from '@renderq/core';
import { requestProblem } from '@renderq/dispatcher';
import { z } from 'zod';
import type { Accounts } from '../accounts.ts';
import type { NextAction } from '../envelope.ts';
import { errorLine } from '../headline.ts';
import { schemaIssues } from '../schema-issues.ts';
import { defineTool } from '../tool.ts';
import type { ToolContext } from '../tool-context.ts';
import { plainLine, plainName, presentError } from '../untrusted-text.ts';
import { providerArgument } from './provider-argument.ts';
import { requestArgument } from './request-argument.ts';

/** A request longer than this is not repeated in the answer: the caller has it. */
const LONGEST_ECHO = 2000;
/** How long the schema may stand in line for the rate limit: a check must not hold up a caller. */
const SCHEMA_PATIENCE_MS = 5000;

interface SchemaAnswer {
  readonly issues: readonly ErrorIssue[];
  readonly warnings: readonly string[];
}

/** What the schema that the provider serves has against a request. Without an account its shape is all that is checked. */
async function schemaAnswer(
  accounts: Accounts,
  { id, displayName }: RenderProvider,
  request: unknown,
  signal: AbortSignal,
): Promise<SchemaAnswer> {
  try {
    const client = await accounts.client(id);
    const schema = await client.fetchSchema(request, { signal, maxQueueMs: SCHEMA_PATIENCE_MS });
    if (schema) return { issues: await schemaIssues(schema, request), warnings: [] };
    return { issues: [], warnings: [`${displayName} serves no schema for this request: only its shape was checked.`] };
  } catch (fault) {
    const why = RenderError.isInstance(fault) ? ` (${errorLine(presentError(fault.record))})` : '';
    return {
      issues: [],
      warnings: [`The schema of ${displayName} could not be used, so only the shape was checked${why}.`],
    };
  }
}

const NOT_ASKED: SchemaAnswer = { issues: [], warnings: [] };

/** Whether a request would be accepted, without sending it. */
export const validateRenderTool = ({ accounts }: ToolContext) =>
  defineTool({
    name: 'validate_render',
    title: 'Validate a render request',
    description:
      'Check a request before submitting it. Renders and bills nothing. Returns issues, each with its field; none means it may be submitted.',
    gives: ['issues', 'nextAction'],
    hints: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: true },
    input: z.object({ provider: providerArgument(accounts.providers), request: requestArgument }),
    async run({ provider, request }, { signal }) {
      const known = accounts.provider(provider);
      const shape = requestProblem(provider, known.check(request))?.record.issues ?? [];
      const schema = shape.length > 0 ? NOT_ASKED : await schemaAnswer(accounts, known, request, signal);
      const issues = [...shape, ...schema.issues].map(({ field, message }) => ({
        field: plainName(field),
        message: plainLine(message),
      }));
      const warnings = schema.warnings.length > 0 ? { warnings: schema.warnings } : {};
      const [first] = issues;
      if (first) {
        const more = issues.length > 1 ? ` (and ${issues.length - 1} more in issues)` : '';
        return { headline: `Not valid: ${first.field}: ${first.message}${more}`, envelope: { issues, ...warnings } };
      }
      const next: NextAction = {
        tool: 'submit_render',
        arguments: { provider, request },
        reason: 'The request is valid.',
      };
      return {
        headline: `Valid: ${provider} has nothing against this request.`,
        envelope: {
          issues,
          ...warnings,
          ...(JSON.stringify(request).length <= LONGEST_ECHO ? { nextAction: next } : {}),
        },
      };
    },
  });
