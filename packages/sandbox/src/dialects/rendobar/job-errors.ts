import type { RenderFaultKind } from '../../engine/renderer.ts';
import type { JobFailure } from '../../service/job.ts';
import { ANSWER_CODES, isAnswerCode } from './errors.ts';

export type FailedPhase = 'preparing' | 'processing' | 'finalizing';

interface JobCodeRow {
  readonly retryable: boolean;
  readonly phase: FailedPhase;
  /** The provider accepted the job but never began it: free, and its idempotency key is dead. */
  readonly neverStarted: boolean;
}

const began = (retryable: boolean, phase: FailedPhase): JobCodeRow => ({ retryable, phase, neverStarted: false });
const neverBegan: JobCodeRow = { retryable: true, phase: 'preparing', neverStarted: true };

/** Rendobar job and probe pages, and its n8n node's source for the codes of the dispatch family. */
export const JOB_CODES: Readonly<Record<string, JobCodeRow>> = {
  RUNNER_ERROR: began(false, 'processing'),
  RUNNER_TIMEOUT: neverBegan,
  JOB_TIMEOUT: began(false, 'processing'),
  PROCESSING_FAILED: began(false, 'processing'),
  INPUT_FETCH_FAILED: began(false, 'preparing'),
  INPUT_UNREADABLE: began(false, 'preparing'),
  INPUT_NOT_MEDIA: began(false, 'preparing'),
  INPUT_UNSUPPORTED: began(false, 'preparing'),
  INPUT_URL_BLOCKED: began(false, 'preparing'),
  QUEUE_EXPIRED: neverBegan,
  DISPATCH_EXHAUSTED: neverBegan,
  DISPATCH_UNAVAILABLE: neverBegan,
  DISPATCH_ERROR: neverBegan,
  PROVIDER_CLEARED: neverBegan,
  P1_EXECUTION_ERROR: neverBegan,
  PROVIDER_CRASHED: began(false, 'processing'),
  UPSTREAM_ERROR: began(true, 'processing'),
  INTERNAL_ERROR: began(false, 'finalizing'),
  VALIDATION_ERROR: began(false, 'preparing'),
  NOT_IMPLEMENTED: began(false, 'preparing'),
};

const CODE_OF_FAULT: Readonly<Record<RenderFaultKind, string>> = {
  'invalid-command': 'VALIDATION_ERROR',
  'source-blocked': 'INPUT_URL_BLOCKED',
  'source-unreachable': 'INPUT_FETCH_FAILED',
  'source-not-media': 'INPUT_NOT_MEDIA',
  'engine-cannot': 'NOT_IMPLEMENTED',
  failed: 'RUNNER_ERROR',
  timeout: 'JOB_TIMEOUT',
  cancelled: 'RUNNER_ERROR',
};

/** The `error` of a failed job. `retryable` is the API's own word: a client believes it and not the code. */
export interface JobErrorView {
  readonly code: string;
  readonly message: string;
  readonly detail: string | null;
  readonly retryable: boolean;
  readonly failedPhase: FailedPhase;
}

export function viewFailure(failure: JobFailure): JobErrorView {
  const code = typeof failure.cause === 'string' ? CODE_OF_FAULT[failure.cause] : failure.cause.code;
  const row = JOB_CODES[code] ?? began(false, 'processing');
  return {
    code,
    message: failure.message || (isAnswerCode(code) ? ANSWER_CODES[code].message : code),
    detail: failure.detail ?? null,
    retryable: row.retryable,
    failedPhase: row.phase,
  };
}
