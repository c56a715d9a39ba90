import { randomUUID } from 'node:crypto';
import type { MultiBar } from 'cli-progress';
import type { Envelope, Gateway, Job, TypedError } from './gateway.ts';

/** A demo that cannot go on; the message says why, in terms of the typed error. */
export class DemoFailed extends Error {
  override readonly name = 'DemoFailed';
  static of(what: string, error: TypedError | undefined): DemoFailed {
    return new DemoFailed(
      `${what}: ${error ? `${error.code}: ${error.message} ${error.remedy}` : 'no reason was given'}`,
    );
  }
}

const ended = (job: Job) => job.state === 'succeeded' || job.state === 'failed' || job.state === 'cancelled';

/** Submits and hands the job over, whatever became of it so far. Some films are meant to be submitted twice. */
export async function submit(gateway: Gateway, args: Record<string, unknown>): Promise<Job> {
  const { job, error } = await gateway.call('submit_render', { ...args, idempotencyKey: randomUUID() });
  if (!job) throw DemoFailed.of('submit_render gave no job', error);
  return job;
}

/** Looks with bounded waits until the job has ended, and reports every look and every progress notification. */
export async function watch(
  gateway: Gateway,
  submitted: Job,
  report: (job: Job, fraction: number) => void,
): Promise<Job> {
  let job = submitted;
  while (!ended(job)) {
    const answer: Envelope = await gateway.call('get_job', { jobId: job.id, waitSeconds: 20 }, ({ fraction = 0 }) =>
      // The server counts queued and submitting as the first two steps of a hundred.
      report(fraction < 0.02 ? job : { ...job, state: 'running' }, fraction),
    );
    if (!answer.job) throw DemoFailed.of(`get_job ${job.id}`, answer.error);
    job = answer.job;
    report(job, job.progress ?? 0);
  }
  return job;
}

/** Renders with a progress bar of its own; a job that fails ends the demo with its typed error. */
export async function renderWithBar(
  gateway: Gateway,
  bars: MultiBar,
  label: string,
  args: Record<string, unknown>,
): Promise<string> {
  const bar = bars.create(100, 0, { label: label.padEnd(34), state: 'queued' });
  let shown = 0;
  const job = await watch(gateway, await submit(gateway, args), ({ state }, fraction) => {
    shown = Math.max(shown, Math.round(fraction * 100));
    bar.update(shown, { state });
  });
  const url = job.output?.url ?? job.output?.files?.[0]?.url;
  if (job.state !== 'succeeded' || !url) throw DemoFailed.of(`${label} ended as ${job.state}`, job.error);
  bar.update(100, { state: 'succeeded' });
  return url;
}
