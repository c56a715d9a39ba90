import { RenderError, type RenderProvider, type ValidationReport, validateOffline } from '@renderq/core';
import { requestProblem } from '@renderq/dispatcher';
import { z } from 'zod';
import type { Accounts } from '../accounts.ts';
import { errorLine } from '../headline.ts';
import { afterInvalid, callAgain } from '../next-action.ts';
import { presentError } from '../present-error.ts';
import { defineTool } from '../tool.ts';
import type { ToolContext } from '../tool-context.ts';
import { plainLine, plainName } from '../untrusted-text.ts';
import { providerArgument } from './provider-argument.ts';
import { requestArgument } from './request-argument.ts';

/** What is known against a request. Without an account it is held against what core itself knows of the provider. */
async function validate(accounts: Accounts, provider: RenderProvider, request: unknown, signal: AbortSignal) {
  try {
    const client = await accounts.client(provider.id);
    return await client.validate(request, { signal });
  } catch (fault) {
    if (signal.aborted || !RenderError.isInstance(fault)) throw fault;
    return validateOffline(provider, request, fault.record);
  }
}

/** What could not be checked, and why: a caller should not take "valid" for more than it is. */
function warningsOf({ displayName }: RenderProvider, { checkedAgainst, schemaError }: ValidationReport): string[] {
  const why = schemaError === undefined ? '' : ` (${errorLine(presentError(schemaError))})`;
  if (checkedAgainst === 'none')
    return [`${displayName} has no schema for this request: only its shape was checked${why}.`];
  if (schemaError === undefined) return [];
  return [`The schema of ${displayName} could not be used, so a smaller one of renderq's own was${why}.`];
}

/** Whether a request would be accepted, without sending it. */
export const validateRenderTool = ({ accounts, uploads }: ToolContext) =>
  defineTool({
    name: 'validate_render',
    title: 'Validate a render request',
    description:
      'Check a request before submitting it. Renders and bills nothing. Returns issues, each with its field; none means it may be submitted.',
    gives: ['issues', 'nextAction'],
    hints: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: true },
    input: z.object({ provider: providerArgument(accounts.providers), request: requestArgument }),
    async run({ provider, request }, { caller, signal }) {
      const known = accounts.provider(provider);
      const rehearsed = await uploads.rehearse(provider, request, caller);
      const report = await validate(accounts, known, rehearsed, signal);
      const found = requestProblem(provider, report.issues)?.record.issues ?? [];
      const issues = found.map(({ field, message }) => ({ field: plainName(field), message: plainLine(message) }));
      const told = warningsOf(known, report);
      const warnings = told.length > 0 ? { warnings: told } : {};
      const [first] = issues;
      if (first) {
        const more = issues.length > 1 ? ` (and ${issues.length - 1} more in issues)` : '';
        return {
          headline: `Not valid: ${first.field}: ${first.message}${more}`,
          envelope: { issues, ...warnings, ...afterInvalid() },
        };
      }
      return {
        headline: `Valid: ${provider} has nothing against this request.`,
        envelope: {
          issues,
          ...warnings,
          ...callAgain('submit_render', { provider, request }, 'The request is valid.'),
        },
      };
    },
  });
