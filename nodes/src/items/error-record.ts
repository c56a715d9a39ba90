import { asRenderError, cleanText, type ErrorRecord, RenderError } from '@renderq/core';

/**
 * What anything that was thrown means, fit for an item. n8n's own errors are about what the user entered: a parameter that
 * cannot be read, an expression that fails, binary data that is not there.
 */
export function toErrorRecord(error: unknown, provider: string): ErrorRecord {
  const known = isOfHost(error) ? ofHost(error) : asRenderError(error);
  return (known.record.provider === undefined ? known.with({ provider }) : known).toJSON();
}

interface HostError extends Error {
  readonly description?: unknown;
}

const HOST_ERROR =
  /^(?:NodeOperationError|NodeApiError|ExpressionError|UserError|OperationalError|UnexpectedError|ApplicationError)$/;

/** By name: n8n loads copies of its own of what a package was built with. */
function isOfHost(error: unknown): error is HostError {
  return error instanceof Error && HOST_ERROR.test(error.constructor.name) && !RenderError.isInstance(error);
}

function ofHost({ message, description }: HostError): RenderError {
  const remedy = typeof description === 'string' ? cleanText(description, 300) : '';
  return new RenderError({
    code: 'INVALID_REQUEST',
    message: cleanText(message, 300) || 'A parameter of the node cannot be read.',
    remedy: remedy || "Check the node's parameters and its credential.",
  });
}

/** What n8n threw when it was asked for a parameter. */
export function unreadableParameter(error: unknown, field: string): RenderError {
  if (!isOfHost(error)) return asRenderError(error);
  return ofHost(error).with({ field });
}

/** A parameter of the node that cannot be meant. `field` is its name in the node's JSON, for example `jobId`. */
export function badParameter(field: string, message: string, remedy: string): RenderError {
  return new RenderError({ code: 'INVALID_REQUEST', message, field, remedy });
}
