import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { createTaskSessionFromClient, resultFromTaskOutcome } from '@modelcontextprotocol/ext-tasks/client';
import { createMcpHandler } from '@modelcontextprotocol/server';
import { RenderError } from '@renderq/core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createModernCaller } from '../__fixtures__/modern-caller.ts';
import { type Bench, createBench, idOf, MOVIE, settle, submit } from '../__fixtures__/test-bench.ts';

const TASKS = { extensions: { 'io.modelcontextprotocol/tasks': {} } };
const SUBMIT = { name: 'submit_render', arguments: { provider: 'phantomflow', request: MOVIE } };

let bench: Bench;
let rpc: ReturnType<typeof createModernCaller>;
beforeEach(async () => {
  bench = await createBench();
  rpc = createModernCaller(bench, TASKS);
});
afterEach(() => bench.close());

const startTask = async (): Promise<string> => String((await rpc('tools/call', SUBMIT)).result?.taskId);

describe('the tasks extension', () => {
  it('is declared by the server, whose fixed lists may be kept', async () => {
    expect((await rpc('server/discover')).result).toMatchObject({ capabilities: TASKS });
    expect((await rpc('tools/list')).result).toMatchObject({ ttlMs: 3_600_000, cacheScope: 'public' });
    expect((await rpc('resources/list')).result).toMatchObject({ ttlMs: 0, cacheScope: 'private' });
  });

  it('hands an open job to a client that declared it as a task of the same id', async () => {
    const { result } = await rpc('tools/call', SUBMIT);
    const [job] = (await bench.dispatcher.list({ limit: 1 })).jobs;
    expect(result).toMatchObject({
      resultType: 'task',
      taskId: job?.id,
      status: 'working',
      createdAt: job?.createdAt,
      ttlMs: null,
      pollIntervalMs: 2000,
    });
    expect(result).not.toHaveProperty('structuredContent');
  });

  it.each([{}, { extensions: {} }, { extensions: { 'io.example/other': {} } }])(
    'is not used towards a client that declared %j on this very request',
    async (capabilities) => {
      const { result } = await createModernCaller(bench, capabilities)('tools/call', SUBMIT);
      expect(result).toMatchObject({ resultType: 'complete', structuredContent: { job: { state: 'queued' } } });
    },
  );

  it('is not used towards clients of the 2025 revisions', async () => {
    expect((await submit(bench)).envelope.job?.state).toBe('queued');
  });

  it('leaves every other tool, every refused call and every job that has ended already as results', async () => {
    const { result: list } = await rpc('tools/call', { name: 'list_jobs', arguments: {} });
    expect(list).toMatchObject({ resultType: 'complete', structuredContent: { jobs: [] } });
    const { result: refused } = await rpc('tools/call', { name: 'submit_render', arguments: {} });
    expect(refused).toMatchObject({ resultType: 'complete', isError: true });
    bench.phantomflow.submitFault = new RenderError({ code: 'INSUFFICIENT_CREDITS', message: 'No credits.' });
    const { result: failed } = await rpc('tools/call', SUBMIT);
    expect(failed).toMatchObject({ resultType: 'complete', structuredContent: { job: { state: 'failed' } } });
  });

  it('shows the job: working until it has ended, then completed with the envelope that get_job gives', async () => {
    const taskId = await startTask();
    bench.phantomflow.move('phantomflow-1', { state: 'running', progress: 0.5 });
    const { result: working } = await rpc('tasks/get', { taskId });
    expect(working).toMatchObject({
      resultType: 'complete',
      status: 'working',
      statusMessage: expect.stringContaining('50 %'),
    });
    expect(working).not.toHaveProperty('result');
    bench.phantomflow.move('phantomflow-1', {
      state: 'succeeded',
      output: { url: 'https://cdn.test/a.mp4', files: [] },
    });
    const { result: done } = await rpc('tasks/get', { taskId });
    const seen = await bench.call('get_job', { jobId: taskId });
    expect(done).toMatchObject({
      status: 'completed',
      result: {
        resultType: 'complete',
        structuredContent: seen.envelope,
        content: [{ type: 'text', text: seen.text }],
      },
    });
  });

  it('shows a failed render as completed, with the failed job as its result', async () => {
    const taskId = await startTask();
    const error = new RenderError({ code: 'RENDER_FAILED', message: 'FFmpeg exited with code 1' }).record;
    bench.phantomflow.move('phantomflow-1', { state: 'failed', error });
    const { result } = await rpc('tasks/get', { taskId });
    expect(result).toMatchObject({
      status: 'completed',
      result: { structuredContent: { job: { state: 'failed', error: { code: 'RENDER_FAILED' } } } },
    });
    expect(result?.result).not.toHaveProperty('isError');
  });

  it('cancels the job, and acknowledges where it cannot be stopped', async () => {
    const { result } = await rpc('tools/call', {
      name: 'submit_render',
      arguments: { ...SUBMIT.arguments, provider: 'rendobar' },
    });
    const taskId = String(result?.taskId);
    expect((await rpc('tasks/cancel', { taskId })).result).toEqual({
      resultType: 'complete',
      _meta: expect.anything(),
    });
    expect((await rpc('tasks/get', { taskId })).result).toMatchObject({ status: 'cancelled' });
    bench.phantomflow.cancelFault = new RenderError({ code: 'PROVIDER_UNSUPPORTED', message: 'No.' });
    const other = await startTask();
    expect((await rpc('tasks/cancel', { taskId: other })).error).toBeUndefined();
    expect((await rpc('tasks/get', { taskId: other })).result).toMatchObject({ status: 'working' });
  });

  it('acknowledges input that nobody asked for', async () => {
    const taskId = await startTask();
    expect((await rpc('tasks/update', { taskId, inputResponses: {} })).error).toBeUndefined();
  });

  it.each(['tasks/get', 'tasks/cancel', 'tasks/update'])(
    '%s refuses an unknown task, and a client that did not declare it',
    async (method) => {
      expect((await rpc(method, { taskId: 'job_rqunknown', inputResponses: {} })).error).toMatchObject({
        code: -32602,
        message: expect.stringContaining('NOT_FOUND'),
      });
      const taskId = idOf(await submit(bench));
      const { error } = await createModernCaller(bench, {})(method, { taskId, inputResponses: {} });
      expect(error?.code).toBe(-32021);
    },
  );

  it("carries the extension's own client from the call to the result", async () => {
    const handler = createMcpHandler(() => bench.serve());
    const url = new URL('http://127.0.0.1/mcp');
    const clientInfo = { name: 'test', version: '1' };
    const client = new Client(clientInfo, { versionNegotiation: { mode: { pin: '2026-07-28' } } });
    await client.connect(
      new StreamableHTTPClientTransport(url, { fetch: (input, init) => handler.fetch(new Request(input, init)) }),
    );
    const session = createTaskSessionFromClient(client, {
      endpointId: 'test',
      rawDispatch: async (request) => {
        const { method, params } = request as { method: string; params: Record<string, unknown> };
        const { result, error } = await rpc(method, params);
        if (error) return { kind: 'error', error: error as never };
        // The next look shall not take the two seconds that it is told to.
        return { kind: 'result', result: { ...result, pollIntervalMs: 10 } as never };
      },
      v2RequestFraming: { protocolVersion: '2026-07-28', clientInfo, clientCapabilities: TASKS },
    });
    const execution = await session.callTool('submit_render', SUBMIT.arguments);
    const settled = execution.settle();
    await vi.waitFor(() => expect(bench.phantomflow.submits).toHaveLength(1));
    await settle();
    bench.phantomflow.move('phantomflow-1', {
      state: 'succeeded',
      output: { url: 'https://cdn.test/a.mp4', files: [] },
    });
    const { outcome } = await settled;
    expect(resultFromTaskOutcome(outcome)).toMatchObject({
      structuredContent: { job: { state: 'succeeded', output: { url: 'https://cdn.test/a.mp4' } } },
    });
    await session.close();
    await client.close();
  });
});
