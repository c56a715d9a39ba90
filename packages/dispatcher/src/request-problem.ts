import { RenderError, type ValidationIssue } from '@renderq/core';

/** A fault of the whole body is reported under no name, or under `request` itself. */
const fieldOf = (field: string): string => (field === '' || field === 'request' ? 'request' : `request.${field}`);

/**
 * The INVALID_REQUEST error for what a provider has against a request on sight, or undefined when that is nothing.
 * Fields are paths from the submit call, for example `request.scenes.0.duration`.
 */
export function requestProblem(provider: string, found: readonly ValidationIssue[]): RenderError | undefined {
  const issues = found.map(({ field, message }) => ({ field: fieldOf(field), message }));
  const [first] = issues;
  if (!first) return undefined;
  const others = issues.length - 1;
  return new RenderError({
    code: 'INVALID_REQUEST',
    message: `${first.field}: ${first.message}${others > 0 ? ` (and ${others} more in issues)` : ''}`,
    provider,
    field: first.field,
    issues,
  });
}
