import type { ErrorIssue, ErrorRecord } from './error-record.ts';
import { withoutKnownSecrets } from './known-secrets.ts';
import { cleanText } from './redact.ts';

/** The longest texts that an error keeps, in characters. */
const LONGEST = { message: 1000, remedy: 500, provider: 60, providerCode: 64, field: 200, requestId: 200 } as const;
const LONGEST_JOB_ID = 200;
const MOST_ISSUES = 50;
const NUMBERS = ['retryAfterMs', 'httpStatus', 'required', 'balance', 'attempts'] as const;

/**
 * The record with every text cleaned and bounded and nothing but its own fields, so that whatever a thrower put in can be
 * logged and shown to a model. A job id stays as it is: it must go on naming the job. What is none, as a URL, is cleaned.
 */
export function safeRecord(record: ErrorRecord): ErrorRecord {
  const safe: Record<string, unknown> = {
    code: record.code,
    category: record.category,
    retryable: record.retryable === true,
  };
  for (const [name, longest] of Object.entries(LONGEST)) {
    const text = record[name as keyof typeof LONGEST];
    if (text !== undefined) safe[name] = cleanText(String(text), longest);
  }
  for (const name of NUMBERS) if (Number.isFinite(record[name])) safe[name] = record[name];
  if (record.jobId !== undefined) safe.jobId = safeJobId(String(record.jobId));
  if (Array.isArray(record.issues)) safe.issues = record.issues.slice(0, MOST_ISSUES).map(safeIssue);
  return safe as unknown as ErrorRecord;
}

/** The record for a log or a model: the job id is cleaned too. */
export function publicRecord(record: ErrorRecord): ErrorRecord {
  const safe = safeRecord(record);
  return safe.jobId === undefined ? safe : { ...safe, jobId: cleanText(safe.jobId, LONGEST_JOB_ID) };
}

function safeJobId(jobId: string): string {
  const isId =
    jobId.length <= LONGEST_JOB_ID && /^[^\s/?#\p{C}]+$/u.test(jobId) && withoutKnownSecrets(jobId) === jobId;
  return isId ? jobId : cleanText(jobId, LONGEST_JOB_ID);
}

function safeIssue({ field, message }: ErrorIssue): ErrorIssue {
  return { field: cleanText(String(field), LONGEST.field), message: cleanText(String(message), 500) };
}
