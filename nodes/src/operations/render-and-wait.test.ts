import { type JobSnapshot, type RenderClient, RenderError, type SubmitOptions } from '@renderq/core';
import {
  type IExecuteFunctions,
  type INode,
  type INodeExecutionData,
  type ITaskMetadata,
  NodeOperationError,
} from 'n8n-workflow';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { badParameter } from '../items/error-record.ts';
import { failed, fakeClient, job, succeeded } from '../parking/__fixtures__/fake-client.ts';
import type { NodeRun } from './node-run.ts';
import type { ParameterSource } from './parameters.ts';
import { renderAndWait } from './render-and-wait.ts';

const PUBLIC = 'https://n8n.example.com/webhook-waiting/7';
const LOCAL = 'http://localhost:5678/webhook-waiting/7';

interface Given {
  readonly count?: number;
  readonly parameters?: Readonly<Record<string, unknown>>;
  readonly resumeUrl?: string;
  readonly node?: Partial<INode>;
  readonly run?: Partial<NodeRun>;
  readonly canPark?: boolean;
  /** What becomes of the job of an item, by its number. */
  readonly ends?: Readonly<Record<number, (id: string) => JobSnapshot>>;
  /** Submits that are not answered before they are given up. */
  readonly queued?: readonly number[];
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** The operation on a stage: an account that takes every job, and an n8n that can park. */
function start(given: Given = {}) {
  const { count = 2, parameters = {}, resumeUrl = PUBLIC, node = {}, canPark = true, ends = {}, queued = [] } = given;
  const looks = fakeClient('rendobar');
  const requests: unknown[] = [];
  const input: INodeExecutionData[] = Array.from({ length: count }, (_, row) => ({ json: { row } }));
  const parked: { until?: Date; input?: unknown; metadata?: ITaskMetadata } = {};
  const hints: string[] = [];
  const submit = async (request: unknown, { onSend, signal }: SubmitOptions = {}) => {
    const { row } = request as { row: number };
    if (queued.includes(row)) {
      await new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)));
    }
    onSend?.();
    requests.push(request);
    const id = `job_${row}`;
    looks.jobs.set(id, ends[row]?.(id) ?? job(id));
    return job(id);
  };
  const ctx = {
    getNode: () => ({ id: 'n1', name: 'Render', type: 'n8n-nodes-renderq.rendobar', parameters: {}, ...node }),
    getExecutionId: () => '7',
    getInstanceId: () => 'instance-1',
    getInputData: () => input,
    getExecuteData: () => ({ data: { main: [input] } }),
    getNodeParameter: (name: string, _index: number, fallback: unknown) => parameters[name] ?? fallback,
    evaluateExpression: (text: string) => (text.includes('resumeUrl') ? resumeUrl : 0),
    addExecutionHints: (...added: { message: string }[]) => hints.push(...added.map(({ message }) => message)),
    runExecutionData: {},
    setMetadata(metadata: ITaskMetadata) {
      parked.metadata = metadata;
    },
    ...(canPark && {
      async putExecutionToWait(until: Date) {
        Object.assign(parked, { until, input: structuredClone(input) });
      },
    }),
  };
  const run: NodeRun = {
    ctx: ctx as unknown as IExecuteFunctions,
    vendor: 'rendobar',
    client: { ...looks, submit } as unknown as RenderClient,
    settings: { apiKey: 'rb_key', limits: { concurrentJobs: 20, requestsPerMinute: 600 } },
    items: input,
    isTool: false,
    stopsAtFailure: false,
    owner: 'n8n 7',
    signal: undefined,
    ownKeys: new Map(),
    stopGuard: { add: () => undefined, remove: () => undefined, release: () => undefined },
    ...given.run,
  };
  const read = (_ctx: ParameterSource, index: number) => {
    if (parameters.brokenRow === index) throw new NodeOperationError(ctx.getNode() as INode, 'No such node: Rows');
    if (parameters.badRow === index) throw badParameter('requestJson', 'Not JSON.', 'Correct it.');
    return {
      row: index,
      type: 'ffmpeg',
      ...(parameters.ownCallback === true && { callback: { url: 'https://me.example/x' } }),
    };
  };
  return { outcomes: renderAndWait(read)(run), requests, parked, hints, jobs: looks.jobs };
}

describe('Render and Wait', () => {
  it('asks for a callback at the address of the execution, and parks for jobs that take long', async () => {
    const start_ms = Date.now();
    const { outcomes, requests, parked, hints } = start({ ends: { 0: succeeded } });
    await vi.advanceTimersByTimeAsync(45_000);
    expect(await outcomes).toMatchObject([
      { index: 0, made: [] },
      { index: 1, made: [{ json: { jobId: 'job_1', parked: true } }] },
    ]);
    expect(requests).toMatchObject([{ callback: { url: PUBLIC } }, { callback: { url: PUBLIC } }]);
    expect(parked.until?.getTime()).toBe(start_ms + 3_600_000);
    expect(parked.input).toMatchObject([
      { json: { jobId: 'job_0', state: 'succeeded' } },
      { json: { error: { code: 'WAIT_TIMEOUT', jobId: 'job_1' } } },
    ]);
    expect(hints).toEqual([]);
  });

  it('asks for a signed callback where the credential can check it', async () => {
    const settings = {
      apiKey: 'rb_key',
      limits: { concurrentJobs: 1, requestsPerMinute: 1 },
      signingSecret: 'cbsec_1',
    };
    const { outcomes, requests } = start({ count: 1, ends: { 0: succeeded }, run: { settings } });
    await vi.advanceTimersByTimeAsync(1_000);
    await outcomes;
    expect(requests).toMatchObject([{ callback: { url: PUBLIC, verify: true } }]);
  });

  it('does not park for jobs that are done in time', async () => {
    const { outcomes, parked } = start({ ends: { 0: succeeded, 1: failed } });
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await outcomes).toMatchObject([
      { made: [{ json: { state: 'succeeded' } }] },
      { error: { code: 'RENDER_FAILED', jobId: 'job_1' } },
    ]);
    expect(parked).toEqual({});
  });

  it.each<[string, Given, RegExp]>([
    ['n8n has a local address', { resumeUrl: LOCAL }, /WEBHOOK_URL/],
    ['n8n is too old to park', { canPark: false }, /version of n8n/],
    ['outcomes have outputs of their own', { parameters: { branching: 'category' } }, /Branch on Outcome/],
    ['the request has a callback of its own', { parameters: { ownCallback: true } }, /callback of its own/],
    ['an agent calls', { run: { isTool: true } }, /agent/],
  ])('waits in process where %s, and says so in the item', async (_case, given, reason) => {
    const { outcomes, requests, parked, hints, jobs } = start({ ...given, count: 1 });
    await vi.advanceTimersByTimeAsync(600_000);
    jobs.set('job_0', succeeded('job_0'));
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await outcomes).toMatchObject([{ made: [{ json: { waitedInProcess: expect.stringMatching(reason) } }] }]);
    expect(JSON.stringify(requests)).not.toContain('webhook-waiting');
    expect(parked).toEqual({});
    // An agent reads no hints.
    expect(hints).toHaveLength(given.run?.isTool === true ? 0 : 1);
  });

  it('parks on a local address where the user insists', async () => {
    const { outcomes, parked } = start({
      resumeUrl: LOCAL,
      parameters: { waitOptions: { evenOnLocalAddress: true, inProcessSeconds: 0 }, maxWaitMinutes: 2 },
    });
    await vi.advanceTimersByTimeAsync(10);
    await outcomes;
    expect(parked.until).toBeInstanceOf(Date);
  });

  it('tells an item whose request cannot be read, and renders the others', async () => {
    const { outcomes, requests } = start({ parameters: { badRow: 0 }, ends: { 1: succeeded } });
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await outcomes).toMatchObject([
      { index: 0, error: { code: 'INVALID_REQUEST', field: 'requestJson' } },
      { index: 1, made: [{ json: { state: 'succeeded' } }] },
    ]);
    expect(requests).toHaveLength(1);
  });

  it('tells what n8n found wrong with a parameter as an error of the request', async () => {
    const { outcomes } = start({ parameters: { brokenRow: 0 }, count: 1 });
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await outcomes).toMatchObject([{ error: { code: 'INVALID_REQUEST', message: 'No such node: Rows' } }]);
  });

  it.each([
    ['maxWaitMinutes', { maxWaitMinutes: 'soon' }],
    ['maxWaitMinutes', { maxWaitMinutes: -1 }],
    ['inProcessSeconds', { waitOptions: { inProcessSeconds: 'a while' } }],
  ])('names %s where it cannot be meant, and submits nothing', async (field, parameters) => {
    const { outcomes, requests } = start({ parameters });
    await expect(outcomes).rejects.toMatchObject({ record: { code: 'INVALID_REQUEST', field } });
    expect(requests).toEqual([]);
  });

  it('advises against Retry On Fail', async () => {
    const { outcomes, hints } = start({ node: { retryOnFail: true }, ends: { 0: succeeded, 1: succeeded } });
    await vi.advanceTimersByTimeAsync(1_000);
    await outcomes;
    expect(hints).toEqual([expect.stringContaining('Retry On Fail is on')]);
  });

  it('ends with the execution, naming the jobs that go on', async () => {
    const execution = new AbortController();
    const { outcomes, parked } = start({ run: { signal: execution.signal } });
    await vi.advanceTimersByTimeAsync(2_000);
    execution.abort(new RenderError({ code: 'CANCELLED', message: 'stopped' }));
    expect(await outcomes).toMatchObject([
      { error: { code: 'CANCELLED', jobId: 'job_0' } },
      { error: { code: 'CANCELLED', jobId: 'job_1' } },
    ]);
    expect(parked).toEqual({});
  });
});

describe('Render and Wait where a failure stops the workflow', () => {
  it('sends nothing more once a job has failed, and does not wait for the others', async () => {
    const { outcomes, requests } = start({ count: 3, ends: { 1: failed }, queued: [2], run: { stopsAtFailure: true } });
    await vi.advanceTimersByTimeAsync(2_000);
    expect(await outcomes).toMatchObject([
      { made: [{ json: { jobId: 'job_0', state: 'running' } }] },
      { error: { code: 'RENDER_FAILED', jobId: 'job_1' } },
      { error: { code: 'CANCELLED', message: expect.stringContaining('Another item failed') } },
    ]);
    expect(requests).toHaveLength(2);
  });

  it('counts a job that was cancelled among the failures', async () => {
    const cancelled = (id: string) => job(id, { state: 'cancelled', providerState: 'cancelled' });
    const { outcomes, requests } = start({
      count: 2,
      ends: { 0: cancelled },
      queued: [1],
      run: { stopsAtFailure: true },
    });
    await vi.advanceTimersByTimeAsync(2_000);
    expect(await outcomes).toMatchObject([
      { error: { code: 'CANCELLED', jobId: 'job_0' } },
      { error: { code: 'CANCELLED' } },
    ]);
    expect(requests).toHaveLength(1);
  });

  it('also stops it should nobody wake the execution', async () => {
    const { outcomes, parked } = start({ run: { stopsAtFailure: true } });
    await vi.advanceTimersByTimeAsync(45_000);
    await outcomes;
    expect(parked.metadata?.resumeError).toMatchObject({ context: { code: 'WAIT_TIMEOUT', jobId: 'job_0' } });
  });

  it('stops nothing at the end of the time where failures have a branch', async () => {
    const { outcomes, parked } = start();
    await vi.advanceTimersByTimeAsync(45_000);
    await outcomes;
    expect(parked.metadata).toBeUndefined();
  });
});
