import { findProvider, type JobSnapshot, type RenderClient, RenderError, type SubmitOptions } from '@renderq/core';
import { describe, expect, it } from 'vitest';
import { createFakeExecution } from '../testing/fake-execution.ts';
import type { ItemCall } from './node-run.ts';
import { submitJob } from './submit-job.ts';

const JOB: JobSnapshot = { provider: 'phantomflow', id: 'pf-1', state: 'queued', providerState: 'queued' };

interface Stage {
  readonly submit?: (options: SubmitOptions) => Promise<JobSnapshot>;
  readonly options?: object;
  readonly isTool?: boolean;
  readonly provider?: string;
}

/** One item of an execution, of which the client tells how its submits were made. */
function itemOf(executionId: string, stage: Stage = {}) {
  const { submit = async () => JOB, options = {}, isTool = false, provider = 'phantomflow' } = stage;
  const submits: SubmitOptions[] = [];
  const phases: string[] = [];
  const client: Pick<RenderClient, 'provider' | 'submit' | 'get'> = {
    provider: findProvider(provider),
    submit: (_request, given = {}) => {
      submits.push(given);
      return submit(given);
    },
    get: async (id) => ({ ...JOB, id, state: 'running' }),
  };
  const call = {
    ctx: createFakeExecution({ executionId, parameters: { options } }).ctx,
    client,
    index: 0,
    signal: new AbortController().signal,
    owner: 'n8n 1',
    isTool,
    ownKeys: new Map(),
    onSend: () => phases.push('send'),
    onHeld: () => phases.push('held'),
    onAccepted: () => phases.push('accepted'),
    stopGuard: { add: (id: string) => phases.push(`guard ${id}`), remove: () => undefined, release: () => undefined },
  };
  return { submits, phases, send: () => submitJob(call as unknown as ItemCall, { scenes: [] }) };
}

describe('submitting one item', () => {
  it('tells when it is on its way, held up, and a job', async () => {
    const { send, phases, submits } = itemOf('phases', {
      async submit({ onSend, onQueued }) {
        onSend?.();
        onQueued?.({ reason: 'retry', attempts: 1 });
        onSend?.();
        return JOB;
      },
    });
    await send();
    expect(phases).toEqual(['send', 'held', 'send', 'accepted', 'guard pf-1']);
    expect(submits[0]).toMatchObject({ owner: 'n8n 1', checkAgainst: 'live' });
  });

  it.each([
    [{}, false, 86_400_000],
    [{}, true, 300_000],
    [{ maxQueueMinutes: 2 }, true, 120_000],
    [{ maxQueueMinutes: 0 }, false, 0],
  ])('waits for its place as long as %j says (as a tool: %s)', async (options, isTool, maxQueueMs) => {
    const { send, submits } = itemOf(`queue ${JSON.stringify(options)} ${isTool}`, { options, isTool });
    await send();
    expect(submits[0]?.maxQueueMs).toBe(maxQueueMs);
  });

  it.each(['soon', -1, Number.NaN])('refuses a Max Queue Time of %s by its name', async (maxQueueMinutes) => {
    const { send, submits } = itemOf(`queue ${maxQueueMinutes}`, { options: { maxQueueMinutes } });
    await expect(send()).rejects.toMatchObject({ record: { field: 'options.maxQueueMinutes' } });
    expect(submits).toEqual([]);
  });

  it('leaves the check to the provider where the user says so', async () => {
    const { send, submits } = itemOf('unchecked', { options: { checkFirst: false } });
    await send();
    expect(submits[0]?.checkAgainst).toBe('none');
  });
});

describe('submitting it again', () => {
  it('finds the job of the first time, where the provider has no keys', async () => {
    await itemOf('again').send();
    const again = itemOf('again');
    expect(await again.send()).toMatchObject({ id: 'pf-1', state: 'running', replayed: true });
    expect(again.submits).toEqual([]);
    expect(again.phases).toEqual(['guard pf-1']);
  });

  it('makes nothing of a key of the user where the provider has no keys', async () => {
    const options = { idempotencyKey: 'film' };
    await itemOf('one', { options }).send();
    const other = itemOf('another', { options });
    expect(await other.send()).not.toHaveProperty('replayed');
    expect(other.submits).toHaveLength(1);
  });

  it('gives the doubt of the first time: a second job might be paid twice', async () => {
    const lost = new RenderError({ code: 'SUBMIT_OUTCOME_UNKNOWN', message: 'The answer was lost.' });
    await expect(itemOf('lost', { submit: () => Promise.reject(lost) }).send()).rejects.toBe(lost);
    const again = itemOf('lost');
    await expect(again.send()).rejects.toBe(lost);
    expect(again.submits).toEqual([]);
  });

  it('sends what was refused, and leaves it to the key where the provider has keys', async () => {
    const refused = new RenderError({ code: 'INSUFFICIENT_CREDITS', message: 'No credits.' });
    await itemOf('refused', { submit: () => Promise.reject(refused) })
      .send()
      .catch(() => undefined);
    const again = itemOf('refused');
    await again.send();
    expect(again.submits).toHaveLength(1);
    const keyed = [itemOf('keyed', { provider: 'rendobar' }), itemOf('keyed', { provider: 'rendobar' })];
    for (const item of keyed) await item.send();
    expect(keyed.map(({ submits }) => submits[0]?.idempotencyKey)).toEqual(
      Array(2).fill(expect.stringMatching(/^n8n:keyed:node-1:0:0:[0-9a-f]{32}$/)),
    );
  });
});
