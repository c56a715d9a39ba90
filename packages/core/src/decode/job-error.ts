import type { ErrorDialect } from '../contract/provider.ts';
import { type ErrorRecord, RenderError } from '../errors/render-error.ts';
import { definedFields } from './defined-fields.ts';
import { findErrorRow } from './error-answer.ts';
import { errorFromText, readErrorFacts } from './error-envelope.ts';
import { isTimeoutWord } from './job-state.ts';
import { asObject, type JsonObject } from './json-body.ts';

/**
 * Why a job failed, out of its own fields: an `error` object or text, or `error_code` and `error_message` beside it.
 * The provider's `retryable` flag on the job is authoritative over its table (Rendobar job page).
 */
export function readJobError(
  dialect: ErrorDialect,
  job: JsonObject,
  jobId: string,
  providerState: string,
): ErrorRecord {
  const stated = job.error;
  const error = asObject(stated) ?? (typeof stated === 'string' && stated !== '' ? errorFromText(stated) : {});
  const { limitName: _unused, ...facts } = readErrorFacts({ ...flatFields(job), ...error });
  const row = findErrorRow(dialect, facts);
  const fallback =
    isTimeoutWord(providerState) && facts.providerCode === undefined ? 'RENDER_TIMEOUT' : 'RENDER_FAILED';
  return new RenderError({
    code: row?.code ?? fallback,
    ...definedFields({ retryable: row?.retryable, remedy: row?.remedy }),
    ...facts,
    message:
      facts.message ?? row?.meaning ?? `The job ended as "${providerState}" and ${dialect.provider} gave no reason.`,
    provider: dialect.provider,
    jobId,
  }).record;
}

function flatFields(job: JsonObject): JsonObject {
  return definedFields({
    code: job.error_code ?? job.errorCode,
    message: job.error_message ?? job.errorMessage ?? job.failure_reason,
  });
}
