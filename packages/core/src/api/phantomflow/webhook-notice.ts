import type { CallOptions } from '../../contract/client.ts';
import type { JobSnapshot, RemoteJobState } from '../../contract/job.ts';
import { RenderError } from '../../errors/render-error.ts';
import { readNotice } from '../../providers/phantomflow/from-wire.ts';

/** Longer than any webhook of PhantomFlow, in characters. */
const LONGEST_BODY = 1_000_000;

/**
 * A webhook that says that a job has ended. No signature is documented, so anybody may have sent it: it is a reason to
 * look, never a result. The same job may be told of several times.
 */
export interface PhantomFlowNotice {
  readonly jobId: string;
  /** The state that the sender claims. For a log, not for a decision. */
  readonly claimedState: RemoteJobState;
  /**
   * Reads the job itself with the account's key.
   * @throws {RenderError} NOT_FOUND when the account has no such job: the notice was forged or meant for another account.
   */
  confirm(options?: CallOptions): Promise<JobSnapshot>;
}

/** @throws {RenderError} INVALID_REQUEST with field `rawBody`. */
export function parseNotice(
  rawBody: string,
  look: (jobId: string, options?: CallOptions) => Promise<JobSnapshot>,
): PhantomFlowNotice {
  const notice = typeof rawBody === 'string' && rawBody.length <= LONGEST_BODY ? readNotice(rawBody) : undefined;
  if (notice === undefined) {
    throw new RenderError({
      code: 'INVALID_REQUEST',
      message: 'The body is not a webhook of PhantomFlow: it names no job.',
      field: 'rawBody',
      provider: 'phantomflow',
      remedy: 'Pass the body of the POST as the text that arrived.',
    });
  }
  return Object.freeze<PhantomFlowNotice>({ ...notice, confirm: (options) => look(notice.jobId, options) });
}
