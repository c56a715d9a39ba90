import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CLIENTS, type Connection, connect, follow } from './mcp/connect.ts';
import { INITIALIZE, startRaw } from './mcp/server-process.ts';

const TOOLS = [
  'list_providers',
  'validate_render',
  'submit_render',
  'get_job',
  'list_jobs',
  'cancel_job',
  'probe_media',
];

const MOVIE = {
  width: 320,
  height: 180,
  fps: 10,
  quality: 'low',
  scenes: [
    { duration: 1, background: '#101820', elements: [{ type: 'text', text: 'Hi', font_size: 40, color: '#FFFFFF' }] },
  ],
};
const COMMAND = {
  type: 'ffmpeg',
  params: { command: 'ffmpeg -f lavfi -i testsrc=duration=1:size=320x180:rate=10 -pix_fmt yuv420p out.mp4' },
};

async function download(url: string | undefined): Promise<Buffer> {
  const response = await fetch(url ?? '');
  expect(response.status).toBe(200);
  return Buffer.from(await response.arrayBuffer());
}

describe.each(CLIENTS)('a client %s, without any key', (kind) => {
  let connection: Connection;
  beforeAll(async () => {
    connection = await connect(kind);
  });
  afterAll(() => connection?.close());

  it('sees the tools', () => {
    expect(connection.tools).toEqual(TOOLS);
  });

  it('sees both providers on the local sandbox, with a request to start from', async () => {
    const { providers = [] } = await connection.call('list_providers');
    expect(providers.map(({ id, mode, local }) => ({ id, mode, local }))).toEqual(
      expect.arrayContaining([
        { id: 'rendobar', mode: 'sandbox', local: true },
        { id: 'phantomflow', mode: 'sandbox', local: true },
      ]),
    );
    for (const { baseUrl, engine, exampleRequest, id } of providers) {
      expect(baseUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+\//);
      expect(engine).toMatchObject({ kind: expect.stringMatching(/^(native|wasm)$/) });
      const checked = await connection.call('validate_render', { provider: id, request: exampleRequest });
      expect(checked.issues).toEqual([]);
    }
  });

  it.each([
    ['phantomflow', MOVIE],
    ['rendobar', COMMAND],
  ])('renders a small film on %s, end to end', async (provider, request) => {
    const submitted = await connection.call('submit_render', { provider, request });
    expect(submitted.isError).toBe(false);
    expect(submitted.job?.local).toBe(true);
    const done = await follow(connection, submitted.job?.id ?? '');
    expect(done.job?.error).toBeUndefined();
    expect(done.job?.state).toBe('succeeded');
    expect(done.warnings?.join()).toContain('nothing was sent to or billed by');
    const film = await download(done.job?.output?.url);
    expect(film.subarray(4, 8).toString('latin1')).toBe('ftyp');
  });

  it.each([
    ['submit_render', { provider: 'fantomflow', request: MOVIE }, 'INVALID_REQUEST', 'provider'],
    ['submit_render', { provider: 'phantomflow' }, 'INVALID_REQUEST', 'request'],
    ['submit_render', { provider: 'phantomflow', request: { scenes: [] } }, 'INVALID_REQUEST', 'request.scenes'],
    ['get_job', { jobId: 'job_rqunknown' }, 'NOT_FOUND', 'jobId'],
    ['get_job', { jobId: 'job_rqunknown', waitSeconds: 'long' }, 'INVALID_REQUEST', 'waitSeconds'],
    ['list_jobs', { cursor: 'x' }, 'INVALID_REQUEST', 'cursor'],
    ['cancel_job', {}, 'INVALID_REQUEST', 'jobId'],
  ])('reads the code of a failed %s(%j) in the structure and in the text', async (tool, args, code, field) => {
    const seen = await connection.call(tool, args);
    expect(seen.isError).toBe(true);
    expect(seen.error).toMatchObject({ code, field, remedy: expect.any(String) });
    expect(seen.text.startsWith(`${code}: `)).toBe(true);
    expect(seen.text).toContain('\nNext: ');
  });

  it('reads the code of a failed job the same way', async () => {
    const request = { type: 'ffmpeg', params: { command: 'ffmpeg -i https://media.invalid/none.mp4 out.mp4' } };
    const submitted = await connection.call('submit_render', { provider: 'rendobar', request });
    const seen = submitted.job?.state === 'failed' ? submitted : await follow(connection, submitted.job?.id ?? '');
    expect(seen.isError).toBe(false);
    expect(seen.job?.state).toBe('failed');
    expect(seen.job?.error?.code).toMatch(/^(SOURCE_UNUSABLE|INVALID_REQUEST|RENDER_FAILED)$/);
    expect(seen.text.startsWith(`${seen.job?.error?.code} (${seen.job?.error?.providerCode}): `)).toBe(true);
  });

  it('answers a repeated submit with the first job', async () => {
    const args = { provider: 'phantomflow', request: MOVIE, idempotencyKey: 'twice' };
    const first = await connection.call('submit_render', args);
    const again = await connection.call('submit_render', args);
    expect(again.job?.id).toBe(first.job?.id);
    expect(again.job?.deduplicated).toBe(true);
    await follow(connection, first.job?.id ?? '');
  });

  it('cancels a running job at Rendobar, and says that PhantomFlow cannot', async () => {
    const long = {
      type: 'ffmpeg',
      params: { command: 'ffmpeg -f lavfi -i testsrc=duration=3600:size=1280x720:rate=30 out.mp4' },
    };
    const submitted = await connection.call('submit_render', { provider: 'rendobar', request: long });
    const cancelled = await connection.call('cancel_job', { jobId: submitted.job?.id });
    expect(cancelled.job?.state).toBe('cancelled');

    const movie = await connection.call('submit_render', {
      provider: 'phantomflow',
      request: MOVIE,
      idempotencyKey: 'not to be cancelled',
    });
    const refused = await connection.call('cancel_job', { jobId: movie.job?.id });
    expect(refused.error?.code).toMatch(/^(PROVIDER_UNSUPPORTED|CONFLICT)$/);
    await follow(connection, movie.job?.id ?? '');
  });
});

describe('the process', () => {
  it('writes nothing but protocol to stdout, even at the highest log level, and its log as JSON lines to stderr', async () => {
    const server = startRaw([], { RENDERQ_LOG: 'debug' });
    server.send(INITIALIZE);
    expect(await server.answer(1)).toMatchObject({ result: { serverInfo: { name: 'renderq' } } });
    server.send({ jsonrpc: '2.0', method: 'notifications/initialized' });
    server.send({ jsonrpc: '2.0', id: 2, method: 'tools/call', params: { name: 'list_providers', arguments: {} } });
    await server.answer(2);
    server.send({ jsonrpc: '2.0', id: 3, method: 'tools/call', params: { name: 'no_such_tool', arguments: {} } });
    await server.answer(3);
    const run = await server.end();
    const lines = run.stdout.trim().split('\n');
    expect(lines.map((line) => JSON.parse(line).jsonrpc)).toEqual(lines.map(() => '2.0'));
    const logged = run.stderr.trim().split('\n');
    expect(logged.length).toBeGreaterThan(1);
    for (const line of logged) expect(JSON.parse(line)).toHaveProperty('event');
  });

  it('exits soon after stdin ends, with a render still running', async () => {
    const server = startRaw();
    server.send(INITIALIZE);
    await server.answer(1);
    server.send({ jsonrpc: '2.0', method: 'notifications/initialized' });
    const request = {
      type: 'ffmpeg',
      params: { command: 'ffmpeg -f lavfi -i testsrc=duration=3600:size=1280x720:rate=30 out.mp4' },
    };
    server.send({
      jsonrpc: '2.0',
      id: 2,
      method: 'tools/call',
      params: { name: 'submit_render', arguments: { provider: 'rendobar', request } },
    });
    expect(await server.answer(2)).toMatchObject({ result: { structuredContent: { job: { local: true } } } });
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const run = await server.end();
    expect(run.code).toBe(0);
    expect(run.closeMs).toBeLessThan(2500);
    expect(run.stderr).toBe('');
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('exits cleanly on %s', async (signal) => {
    const server = startRaw();
    server.send(INITIALIZE);
    await server.answer(1);
    const run = await server.end(signal);
    expect(run.code).toBe(0);
    expect(run.closeMs).toBeLessThan(1000);
  });

  it('prints its version and its help, and refuses what it does not know with exit code 2', async () => {
    const version = await startRaw(['--version']).end();
    expect(version).toMatchObject({ code: 0, stderr: '' });
    expect(version.stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    const help = await startRaw(['--help']).end();
    expect(help.stdout).toContain('RENDOBAR_API_KEY');
    const refused = await startRaw(['--htp']).end();
    expect(refused).toMatchObject({ code: 2, stdout: '' });
    expect(refused.stderr).toContain('--htp');
  });

  it('never shows a key: not in an answer, not in the log', async () => {
    const keys = { RENDOBAR_API_KEY: 'rb_very_private_key_1', PHANTOMFLOW_API_KEY: 've_live_very_private_key_2' };
    const server = startRaw([], { ...keys, RENDERQ_LOG: 'debug', RENDOBAR_BASE_URL: 'http://127.0.0.1:9/x' });
    server.send(INITIALIZE);
    await server.answer(1);
    server.send({ jsonrpc: '2.0', method: 'notifications/initialized' });
    server.send({ jsonrpc: '2.0', id: 2, method: 'tools/call', params: { name: 'list_providers', arguments: {} } });
    await server.answer(2);
    server.send({
      jsonrpc: '2.0',
      id: 3,
      method: 'tools/call',
      params: { name: 'submit_render', arguments: { provider: 'rendobar', request: COMMAND, maxQueueSeconds: 0 } },
    });
    await server.answer(3);
    const run = await server.end();
    expect(run.stdout + run.stderr).not.toContain('very_private');
  });
});
