import { afterEach, beforeEach, expect, it } from 'vitest';
import { createModernCaller } from './__fixtures__/modern-caller.ts';
import { type Bench, createBench, idOf, MOVIE, submit } from './__fixtures__/test-bench.ts';

const TASKS = { extensions: { 'io.modelcontextprotocol/tasks': {} } };
const INVALID_PARAMS = -32602;

let bench: Bench;
let ann: ReturnType<typeof createModernCaller>;
let id: string;
beforeEach(async () => {
  bench = await createBench();
  ann = createModernCaller(bench, TASKS, { principal: 'ann', isLocal: false });
  id = idOf(await submit(bench, { idempotencyKey: 'shared', label: 'private film' }));
});
afterEach(() => bench.close());

it.each([
  ['tasks/get', () => ({ taskId: id })],
  ['tasks/cancel', () => ({ taskId: id })],
  ['tasks/update', () => ({ taskId: id })],
  ['resources/read', () => ({ uri: `renderq://jobs/${id}` })],
] as const)("%s answers somebody else's id as it answers one that never was", async (method, params) => {
  const foreign = await ann(method, params());
  const owned = id;
  id = 'job_never';
  const unknown = await ann(method, params());
  expect(foreign.error?.code).toBe(INVALID_PARAMS);
  expect(JSON.stringify(foreign.error).replaceAll(owned, 'ID')).toBe(
    JSON.stringify(unknown.error).replaceAll('job_never', 'ID'),
  );
  expect((await bench.dispatcher.get(owned)).state).toBe('queued');
});

it("lists and completes no job of somebody else's", async () => {
  expect(JSON.stringify(await ann('resources/list'))).not.toMatch(/job_rq|private film/);
  const ref = { type: 'ref/resource', uri: 'renderq://jobs/{id}' };
  const completed = await ann('completion/complete', { ref, argument: { name: 'id', value: 'job' } });
  expect(completed.result).toMatchObject({ completion: { values: [] } });
});

it('keeps idempotency keys apart: the same one is a job of its own, and another body no conflict', async () => {
  const request = { scenes: [{ duration: 2 }] };
  const args = { provider: 'phantomflow', request, idempotencyKey: 'shared' };
  const { result } = await createModernCaller(
    bench,
    {},
    { principal: 'ann', isLocal: false },
  )('tools/call', {
    name: 'submit_render',
    arguments: args,
  });
  expect(result?.structuredContent).toMatchObject({ job: { state: 'queued' } });
  expect(JSON.stringify(result)).not.toContain(id);
  const own = await submit(bench, { request: MOVIE, idempotencyKey: 'shared' });
  expect(own.envelope.job).toMatchObject({ id, deduplicated: true });
});
