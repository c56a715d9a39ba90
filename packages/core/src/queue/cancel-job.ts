import type { JobSnapshot } from '../contract/job.ts';
import { RenderError } from '../errors/render-error.ts';
import type { HttpResponse } from '../ports/http-transport.ts';
import type { Account, LookPlan } from './account.ts';

/**
 * Cancels one job. Repeating it is safe; where an answer was lost, the job itself tells whether it was cancelled.
 * @throws {RenderError} PROVIDER_UNSUPPORTED without a request where the provider documents no cancellation; CONFLICT
 * when the job had ended already.
 */
export async function cancelJob(account: Account, jobId: string, plan: LookPlan): Promise<JobSnapshot> {
  const { provider } = account;
  if (provider.cancel === null) {
    throw new RenderError({
      code: 'PROVIDER_UNSUPPORTED',
      message: `${provider.displayName} documents no way to cancel a job.`,
      provider: provider.id,
      jobId,
      remedy: 'Let the job end, or ignore its result.',
    });
  }
  const call = provider.cancel(jobId);
  let wasLost = false;
  const onLost = () => {
    wasLost = true;
  };
  // A 2xx without a job in it did what it should: the job itself tells the rest.
  const read = (response: HttpResponse) => {
    try {
      return provider.readJob(response, jobId);
    } catch (error) {
      if (RenderError.isInstance(error) && error.code === 'BAD_RESPONSE') return undefined;
      throw error;
    }
  };
  try {
    const cancelled = await account.call(call, { ...plan, repeatability: 'safe', onLost }, read);
    return cancelled === undefined ? await account.look(jobId, plan) : account.observe(cancelled);
  } catch (error) {
    if (!RenderError.isInstance(error)) throw error;
    // A conflict after a lost answer may be our own doing.
    const seen = error.code === 'CONFLICT' && wasLost ? await account.look(jobId, plan) : undefined;
    if (seen?.state === 'cancelled') return seen;
    throw error.with({ jobId });
  }
}
