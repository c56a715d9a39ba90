import { type ErrorIssue, type RenderClient, RenderError } from '@renderq/core';
import { checkRequest } from '@renderq/dispatcher';
import { z } from 'zod';
import type { NextAction } from '../envelope.ts';
import { schemaIssues } from '../schema-issues.ts';
import { defineTool } from '../tool.ts';
import type { ToolContext } from '../tool-context.ts';
import { plainLine, plainName } from '../untrusted-text.ts';
import { providerArgument } from './provider-argument.ts';
import { requestArgument } from './request-argument.ts';

/** A request longer than this is not repeated in the answer: the caller has it. */
const LONGEST_ECHO = 2000;

function localIssues(client: RenderClient, request: unknown): readonly ErrorIssue[] {
  try {
    checkRequest(client, request);
    return [];
  } catch (fault) {
    if (!RenderError.isInstance(fault)) throw fault;
    return fault.record.issues ?? [];
  }
}

interface SchemaAnswer {
  readonly issues: readonly ErrorIssue[];
  readonly warnings: readonly string[];
}

async function remoteIssues(client: RenderClient, request: unknown, signal: AbortSignal): Promise<SchemaAnswer> {
  const { displayName } = client.provider;
  try {
    const schema = await client.fetchSchema(request, { signal });
    if (schema) return { issues: await schemaIssues(schema, request), warnings: [] };
    return { issues: [], warnings: [`${displayName} serves no schema for this request: only its shape was checked.`] };
  } catch (fault) {
    const why = RenderError.isInstance(fault) ? ` (${fault.code})` : '';
    return {
      issues: [],
      warnings: [`The schema of ${displayName} could not be used${why}: only the shape was checked.`],
    };
  }
}

/** Whether a request would be accepted, without sending it. */
export const validateRenderTool = ({ accounts }: ToolContext) =>
  defineTool({
    name: 'validate_render',
    title: 'Validate a render request',
    description:
      'Check a request before submitting it. Renders and bills nothing. Returns issues, each with its field; none means it may be submitted.',
    hints: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: true },
    input: z.object({ provider: providerArgument(accounts.providers), request: requestArgument }),
    async run({ provider, request }, { signal }) {
      const client = await accounts.client(provider);
      const shape = localIssues(client, request);
      const schema = shape.length > 0 ? { issues: [], warnings: [] } : await remoteIssues(client, request, signal);
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
