import type { WaitOptions } from '../contract/client.ts';
import { type JobSnapshot, TERMINAL_STATES } from '../contract/job.ts';
import { definedFields } from '../decode/defined-fields.ts';
import { cleanText } from '../errors/redact.ts';
import { type ErrorRecord, RenderError } from '../errors/render-error.ts';
import type { Clock } from '../ports/clock.ts';
import { waitFor } from '../retry/wait-for.ts';
import type { JobWatcher } from './watcher.ts';

/**
 * Waits until the job has ended.
 * @throws {RenderError} WAIT_TIMEOUT when the time is over, CANCELLED on abort, or the error that made looking at the
 * job impossible; each with the job id. The job itself goes on.
 */
export async function waitForJob(
  { clock, watcher, provider }: { readonly clock: Clock; readonly watcher: JobWatcher; readonly provider: string },
  jobId: string,
  { timeoutMs, signal, onChange, onTrouble }: WaitOptions & { readonly timeoutMs: number },
): Promise<JobSnapshot> {
  if (!(timeoutMs >= 0)) {
    throw new RenderError({
      code: 'INVALID_REQUEST',
      message: 'timeoutMs must be a number of milliseconds, 0 or more.',
      field: 'timeoutMs',
      jobId,
    });
  }
  const ended = Promise.withResolvers<JobSnapshot>();
  let last: JobSnapshot | undefined;
  let trouble: ErrorRecord | undefined;
  const stop = watcher.watch(jobId, {
    onLook(snapshot) {
      const isNews = last?.providerState !== snapshot.providerState || last.progress !== snapshot.progress;
      last = snapshot;
      trouble = undefined;
      try {
        if (isNews) onChange?.(snapshot);
        if (TERMINAL_STATES.has(snapshot.state)) ended.resolve(snapshot);
      } catch (error) {
        ended.reject(error);
      }
    },
    onError: ended.reject,
    onTrouble: (error) => {
      trouble = error;
      onTrouble?.(error);
    },
  });
  try {
    const event = ended.promise.then(nothing, nothing);
    if ((await waitFor({ clock, until: clock.now() + timeoutMs, event, signal })) === 'event')
      return await ended.promise;
  } catch (error) {
    throw RenderError.isInstance(error) ? error.with({ jobId }) : error;
  } finally {
    stop();
  }
  throw new RenderError({
    code: 'WAIT_TIMEOUT',
    message: [
      `The job had not ended after ${timeoutMs} ms`,
      last === undefined ? '' : ` and was "${cleanText(last.providerState, 64)}" when last seen`,
      trouble === undefined ? '.' : `. Looking at it was in trouble (${trouble.code}): ${trouble.message}`,
    ].join(''),
    ...definedFields({ providerCode: trouble?.providerCode, httpStatus: trouble?.httpStatus }),
    provider,
    jobId,
  });
}

function nothing(): void {}
