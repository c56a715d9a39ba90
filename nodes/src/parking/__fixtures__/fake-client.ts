import { findProvider, type JobSnapshot, type RenderClient, RenderError, type WaitOptions } from '@renderq/core';
import { timerClock } from './timer-clock.ts';

export function job(id: string, change: Partial<JobSnapshot> = {}): JobSnapshot {
  return { provider: 'rendobar', id, state: 'running', providerState: 'running', ...change };
}

export const succeeded = (id: string) =>
  job(id, {
    state: 'succeeded',
    providerState: 'complete',
    output: { url: `https://cdn.example.com/${id}.mp4`, files: [] },
  });

export const failed = (id: string) =>
  job(id, {
    state: 'failed',
    providerState: 'failed',
    error: new RenderError({ code: 'RENDER_FAILED', message: 'exit 1', providerCode: 'RUNNER_ERROR', jobId: id })
      .record,
  });

export interface FakeClient extends Pick<RenderClient, 'get' | 'wait' | 'announce' | 'provider'> {
  /** What a look gives from now on; a thrown error where it is one. */
  readonly jobs: Map<string, JobSnapshot | RenderError>;
  /** Ids in the order in which they were read. */
  readonly looks: string[];
  readonly announced: string[];
}

/** Looks once a second while it waits. */
export function fakeClient(provider: 'rendobar' | 'phantomflow' = 'rendobar'): FakeClient {
  const jobs = new Map<string, JobSnapshot | RenderError>();
  const looks: string[] = [];
  const announced: string[] = [];
  const read = (id: string): JobSnapshot => {
    const found = jobs.get(id) ?? new RenderError({ code: 'NOT_FOUND', message: 'No such job.' });
    if (RenderError.isInstance(found)) throw found;
    return found;
  };
  return {
    provider: findProvider(provider),
    jobs,
    looks,
    announced,
    announce: (id) => void announced.push(id),
    async get(id) {
      looks.push(id);
      return read(id);
    },
    async wait(id, { signal }: WaitOptions = {}) {
      for (;;) {
        const seen = read(id);
        if (seen.state !== 'running' && seen.state !== 'queued') return seen;
        await timerClock.sleep(1000, signal).catch(() => {
          throw new RenderError({ code: 'CANCELLED', message: 'The wait was ended.' });
        });
      }
    },
  };
}
