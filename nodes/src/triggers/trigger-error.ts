import { type INode, NodeApiError } from 'n8n-workflow';
import { toErrorRecord } from '../items/error-record.ts';
import { toData } from '../items/to-data.ts';

/** Why a workflow cannot be activated or deactivated, with what to do about it. */
export function triggerError(node: INode, thrown: unknown, provider: string): NodeApiError {
  const record = toErrorRecord(thrown, provider);
  const { code, message, remedy, providerCode, httpStatus } = record;
  const error = new NodeApiError(
    node,
    { code, message },
    {
      message,
      description: `${remedy} (${providerCode ?? code})`,
      ...(httpStatus !== undefined && { httpCode: String(httpStatus) }),
    },
  );
  // n8n may put a sentence of its own in its place.
  error.message = message;
  Object.assign(error.context, toData(record));
  return error;
}
