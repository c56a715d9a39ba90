import { type IDataObject, type INode, NodeApiError, NodeOperationError } from 'n8n-workflow';
import { describe, expect, it } from 'vitest';
import type { FakeAnswer, SeenRequest } from '../testing/fake-host.ts';
import { jsons, openNode as open, posts } from '../testing/node-stage.ts';

const MOVIE = { scenes: [{ duration: 1, elements: [] }] };
const many = (count: number) => Array.from({ length: count }, (_, at) => ({ json: { at } }));

/** Accepts every render under the next id. */
function accepting() {
  let next = 0;
  const running = (id: string) => ({ job_id: id, status: 'processing' });
  return ({ method, path }: SeenRequest): FakeAnswer => {
    if (path === '/api/jobs' && method === 'GET') {
      return { body: { jobs: Array.from({ length: next }, (_, at) => running(`pf-${next - at}`)) } };
    }
    if (method === 'GET') return { body: running(path.replace('/api/jobs/', '')) };
    next += 1;
    return { status: 202, body: { job_id: `pf-${next}`, status: 'queued' } };
  };
}

describe('many items of one run', () => {
  const parameters = {
    resource: 'render',
    operation: 'create',
    movie: (at: number) => (at % 100 === 7 ? '{ no json' : JSON.stringify({ ...MOVIE, width: 100 + at })),
  };

  it('keep their order and their pairs, and no failure of one disturbs another', async () => {
    const { run, host } = open('phantomflow', accepting(), { items: many(500), parameters });
    const [items] = await run();
    expect(items?.map(({ pairedItem }) => pairedItem)).toEqual(many(500).map((_, item) => ({ item })));
    const failed = (items ?? []).filter(({ json }) => 'error' in json);
    expect(failed.map(({ pairedItem }) => (pairedItem as { item: number }).item)).toEqual([7, 107, 207, 307, 407]);
    for (const { json } of failed) expect(json).toEqual({ error: expect.objectContaining({ field: 'movie' }) });
    const widths = posts(host).map(({ json }) => (json as { width: number }).width);
    expect(new Set(widths).size).toBe(495);
    const jobs = new Set(jsons(items).flatMap(({ jobId }) => (typeof jobId === 'string' ? [jobId] : [])));
    expect(jobs.size).toBe(495);
  }, 60_000);

  it('stay inside the jobs at a time that the account may have', async () => {
    let running = 0;
    let most = 0;
    const { run } = open(
      'phantomflow',
      ({ method }) => {
        // What is looked at has just ended.
        if (method === 'GET') {
          running = 0;
          return { body: { jobs: [] } };
        }
        running += 1;
        most = Math.max(most, running);
        return { status: 202, body: { job_id: `pf-${running}-${most}-${Math.random()}`, status: 'queued' } };
      },
      {
        items: many(2),
        parameters: { ...parameters, movie: MOVIE },
        credentials: { concurrentJobs: 4, workerProcesses: 2 },
      },
    );
    expect(jsons((await run())[0])).toHaveLength(2);
    expect(most).toBeLessThanOrEqual(2);
  });
});

describe('a failure', () => {
  const refusal = {
    status: 402,
    body: { error: { code: 'INSUFFICIENT_CREDITS', message: 'No credits.', required: 9, balance: 1 } },
  };
  const parameters = { resource: 'render', operation: 'create', movie: MOVIE, options: { maxQueueMinutes: 0 } };

  it('is one item with the same error under both settings that continue', async () => {
    for (const onError of ['continueErrorOutput', 'continueRegularOutput'] as const) {
      const { run } = open('phantomflow', () => refusal, { parameters, onError });
      expect(jsons((await run())[0])).toEqual([
        { error: expect.objectContaining({ code: 'INSUFFICIENT_CREDITS', required: 9, balance: 1, httpStatus: 402 }) },
      ]);
    }
  });

  it('stops the workflow where the user chose that, and says what to do', async () => {
    const { run } = open('phantomflow', () => refusal, { parameters, onError: 'stopWorkflow' });
    const error: unknown = await run().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(NodeApiError);
    expect(error).toMatchObject({ httpCode: '402', context: { itemIndex: 0, code: 'INSUFFICIENT_CREDITS' } });
    expect((error as NodeApiError).description).toContain('Top up');
  });

  it('leaves on its own output with Branch on Outcome, and stops nothing then', async () => {
    const branching = { branching: 'category', branchCategories: ['account'] };
    const items = many(3);
    const movie = (at: number) => (at === 1 ? '{' : { ...MOVIE, width: at + 1 });
    const { run } = open(
      'phantomflow',
      ({ json }) =>
        (json as { width?: number }).width === 3
          ? refusal
          : { status: 202, body: { job_id: 'pf-1', status: 'queued' } },
      {
        items,
        parameters: { ...parameters, ...branching, movie },
        onError: 'stopWorkflow',
      },
    );
    const [success, account, other] = await run();
    expect(jsons(success)).toEqual([expect.objectContaining({ jobId: 'pf-1' })]);
    expect(jsons(account)).toEqual([{ error: expect.objectContaining({ code: 'INSUFFICIENT_CREDITS' }) }]);
    expect(jsons(other)).toEqual([{ error: expect.objectContaining({ field: 'movie' }) }]);
  });

  it.each([
    ['continueErrorOutput', 1],
    ['stopWorkflow', 0],
  ] as const)('says under %s whether n8n will leave the branches empty', async (onError, count) => {
    const branching = { branching: 'category', branchCategories: ['account'] };
    const { run, hints } = open('phantomflow', () => refusal, { parameters: { ...parameters, ...branching }, onError });
    await run();
    expect(hints.filter((hint) => hint.includes('Error output'))).toHaveLength(count);
  });

  it('of the options of the first item is none of the others', async () => {
    const options = (at: number) => {
      if (at === 0) throw new NodeOperationError({ name: 'Render' } as INode, 'No such field: rows');
      return {};
    };
    const { run } = open('rendobar', () => ({ status: 201, body: { data: { id: 'job_1', status: 'waiting' } } }), {
      items: many(2),
      parameters: { resource: 'job', operation: 'create', requestMode: 'json', requestJson: '{"type":"x"}', options },
    });
    expect(jsons((await run())[0])).toMatchObject([
      { error: { code: 'INVALID_REQUEST', field: 'options' } },
      { jobId: 'job_1' },
    ]);
  });

  it('of the credential or of the operation is one of every item', async () => {
    for (const [credentials, field] of [
      [{ apiKey: '' }, 'apiKey'],
      [{ baseUrl: 'http://example.com' }, 'baseUrl'],
    ] as const) {
      const { run } = open('phantomflow', () => refusal, { parameters, credentials, items: many(2) });
      const expected = { error: expect.objectContaining({ field, provider: 'phantomflow' }) };
      expect(jsons((await run())[0])).toEqual([expected, expected]);
    }
    const { run } = open('rendobar', () => refusal, { parameters: { resource: 'job', operation: 'fly' } });
    expect(jsons((await run())[0])).toEqual([{ error: expect.objectContaining({ field: 'operation' }) }]);
  });

  it('does not let anything more be sent when the workflow is to stop, and names what was', async () => {
    const sent: number[] = [];
    const movie = (at: number) => (at === 2 ? '{' : { ...MOVIE, width: at + 1 });
    const { run } = open(
      'phantomflow',
      ({ json, method }) => {
        if (method === 'POST') sent.push((json as { width: number }).width);
        return { status: 202, body: { job_id: `pf-${sent.length}`, status: 'queued' } };
      },
      { items: many(20), parameters: { ...parameters, movie }, onError: 'stopWorkflow' },
    );
    const error: unknown = await run().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ context: { itemIndex: 2, field: 'movie' } });
    // Submits take turns: the first may be on its way before the third item is read.
    expect(sent.length).toBeLessThan(3);
    for (let at = 1; at <= sent.length; at += 1) expect((error as NodeApiError).description).toContain(`pf-${at}`);
  });
});

describe("n8n's Retry On Fail", () => {
  const parameters = { resource: 'render', operation: 'create', movie: MOVIE };

  it('finds the job of the first try, for a provider without idempotency keys', async () => {
    const credentials = { apiKey: 'key_of_a_retry' };
    const first = open('phantomflow', accepting(), { parameters, credentials, executionId: 'retry-1' });
    const again = open('phantomflow', accepting(), { parameters, credentials, executionId: 'retry-1' });
    const other = open('phantomflow', accepting(), { parameters, credentials, executionId: 'retry-2' });
    expect(jsons((await first.run())[0])).toEqual([expect.objectContaining({ jobId: 'pf-1' })]);
    expect(jsons((await again.run())[0])).toEqual([expect.objectContaining({ jobId: 'pf-1', replayed: true })]);
    expect(posts(again.host)).toEqual([]);
    await other.run();
    expect(posts(other.host)).toHaveLength(1);
  });

  it.each([
    ['in the options', { options: { idempotencyKey: 'film' } }, {}],
    ['in the request', {}, { idempotencyKey: 'film' }],
  ])('gives no item the job of another one that has the same key %s', async (_where, parameters, body) => {
    const commands = ['a', 'b', 'a'];
    const answer = ({ path }: SeenRequest): FakeAnswer => ({
      status: path === '/jobs' ? 201 : 200,
      body: { data: { id: 'job_1', status: 'waiting' } },
    });
    const { run, host } = open('rendobar', answer, {
      items: many(3),
      parameters: {
        resource: 'job',
        operation: 'create',
        requestMode: 'json',
        requestJson: (at: number) => ({
          type: 'ffmpeg',
          params: { command: `ffmpeg -i ${commands[at]} b.mp4` },
          ...body,
        }),
        ...parameters,
      },
    });
    const [items] = await run();
    expect(jsons(items)).toMatchObject([
      { jobId: 'job_1' },
      { error: { code: 'INVALID_REQUEST', field: 'idempotencyKey' } },
      { jobId: 'job_1' },
    ]);
    expect(posts(host)).toHaveLength(2);
  });

  it('sends the same key to a provider that has them, and the own one of the user', async () => {
    const job = {
      resource: 'job',
      operation: 'create',
      jobType: 'ffmpeg',
      fields: { value: { command: 'ffmpeg -i a b.mp4' } },
    };
    const keys: unknown[] = [];
    const answer = ({ json, method }: SeenRequest): FakeAnswer => {
      if (method === 'POST') keys.push((json as IDataObject).idempotencyKey);
      return { status: 201, body: { data: { id: 'job_1', status: 'waiting' } } };
    };
    for (const options of [{}, {}, { idempotencyKey: 'row-42' }]) {
      await open('rendobar', answer, { parameters: { ...job, options }, executionId: 'key-test' }).run();
    }
    expect(keys[0]).toMatch(/^n8n:key-test:node-1:0:0:/);
    expect(keys).toEqual([keys[0], keys[0], 'row-42']);
  });
});

describe('as the tool of an agent', () => {
  const type = 'n8n-nodes-renderq.phantomFlowTool';
  const parameters = {
    resource: 'render',
    operation: 'get',
    jobId: '0f6a2c11-7a40-4a9e-9c55-2b8f3d1e7a60',
    branching: 'category',
    branchCategories: ['request'],
  };

  it('answers in short on output 0, whatever the parameters say of branches', async () => {
    const done = {
      job_id: parameters.jobId,
      status: 'completed',
      output_url: 'https://cdn.example/a.mp4',
      credits_used: 4,
    };
    const outputs = await open('phantomflow', () => ({ body: done }), {
      type,
      parameters,
      onError: 'stopWorkflow',
    }).run();
    expect(outputs).toHaveLength(1);
    const [json = {}] = jsons(outputs[0]);
    expect(Object.keys(json).length).toBeLessThanOrEqual(10);
    expect(json).toMatchObject({ state: 'succeeded', output: { url: 'https://cdn.example/a.mp4' } });
  });

  it('gives an error with a remedy instead of throwing it', async () => {
    const missing = { status: 404, body: { error: { code: 'NOT_FOUND', message: 'No such job.' } } };
    const outputs = await open('phantomflow', () => missing, { type, parameters, onError: 'stopWorkflow' }).run();
    expect(jsons(outputs[0])).toEqual([
      { error: expect.objectContaining({ code: 'NOT_FOUND', remedy: expect.any(String) }) },
    ]);
  });
});

describe('stopping the execution', () => {
  const parameters = {
    resource: 'job',
    operation: 'create',
    jobType: 'ffmpeg',
    fields: { value: { command: 'ffmpeg -i a b.mp4' } },
  };

  it.each([true, false])('sends nothing more; with Cancel Remote Job on Stop %s', async (cancelOnStop) => {
    const answered = Promise.withResolvers<void>();
    const execution = open(
      'rendobar',
      async ({ path }) => {
        if (path === '/jobs') await answered.promise;
        const status = path.endsWith('/cancel') ? 'cancelled' : 'waiting';
        return { status: 201, body: { data: { id: 'job_1', status } } };
      },
      { items: many(12), parameters: { ...parameters, options: { cancelOnStop } }, credentials: { concurrentJobs: 1 } },
    );
    const calls = (path: string) => posts(execution.host).filter((post) => post.path === path).length;
    const run = execution.run();
    await expect.poll(() => calls('/jobs')).toBeGreaterThan(0);
    const sent = calls('/jobs');
    execution.stop();
    answered.resolve();
    const items = jsons((await run)[0]);
    // A submit that was on its way is a job: nobody could have told, had it been broken off.
    expect(items.filter(({ jobId }) => jobId === 'job_1')).toHaveLength(sent);
    const cancelled = items.filter(({ error }) => (error as IDataObject | undefined)?.code === 'CANCELLED');
    expect([sent + cancelled.length, cancelled.length > 0, calls('/jobs')]).toEqual([12, true, sent]);
    if (cancelOnStop) await expect.poll(() => calls('/jobs/job_1/cancel')).toBe(sent);
    else expect(calls('/jobs/job_1/cancel')).toBe(0);
  });
});
