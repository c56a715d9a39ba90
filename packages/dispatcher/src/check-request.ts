import { type RenderClient, RenderError } from '@renderq/core';

/**
 * Throws RenderError INVALID_REQUEST for a request that its provider would refuse on sight.
 * Fields are paths from the submit call, for example `request.scenes.0.duration`.
 */
export function checkRequest(client: RenderClient, request: unknown): void {
  const issues = client.check(request).map(({ field, message }) => ({
    // A fault of the whole body is reported under no name, or under `request` itself.
    field: field === '' || field === 'request' ? 'request' : `request.${field}`,
    message,
  }));
  const [first] = issues;
  if (!first) return;
  const others = issues.length - 1;
  throw new RenderError({
    code: 'INVALID_REQUEST',
    message: `${first.field}: ${first.message}${others > 0 ? ` (and ${others} more in issues)` : ''}`,
    provider: client.provider.id,
    field: first.field,
    issues,
  });
}
