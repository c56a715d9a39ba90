import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createFakeRenderer, type FakeRenderer } from './__fixtures__/fake-renderer.ts';
import { createSandboxClock } from './clock.ts';
import { type Sandbox, type SandboxOptions, startSandbox } from './start-sandbox.ts';

const open: Sandbox[] = [];
async function start(options: SandboxOptions = {}): Promise<Sandbox & { readonly renderer: FakeRenderer }> {
  const renderer = createFakeRenderer();
  const sandbox = await startSandbox({ renderer, ...options });
  open.push(sandbox);
  return { ...sandbox, renderer };
}
afterEach(async () => {
  await Promise.all(open.splice(0).map((sandbox) => sandbox.close()));
});

const submit = ({ rendobarUrl, keys }: Sandbox, headers: Record<string, string> = {}) =>
  fetch(`${rendobarUrl}/jobs`, {
    method: 'POST',
    headers: { authorization: `Bearer ${keys.rendobar}`, ...headers },
    body: JSON.stringify({ type: 'ffmpeg', params: { command: '-i a.mp4 o.mp4' } }),
  });
const addRule = ({ url }: Sandbox, rule: object) =>
  fetch(`${url}/_sandbox/faults`, { method: 'POST', body: JSON.stringify(rule) });
const countJobs = async ({ rendobarUrl, keys }: Sandbox) => {
  const answer = await fetch(`${rendobarUrl}/jobs`, { headers: { authorization: `Bearer ${keys.rendobar}` } });
  return ((await answer.json()) as { readonly meta: { readonly total: number } }).meta.total;
};

describe('startSandbox', () => {
  it('answers before its engine is ready, and names the engine when it is', async () => {
    const sandbox = await start();
    const health = await fetch(`${sandbox.rendobarUrl}/health`);
    expect([health.status, health.headers.get('x-renderq-sandbox')]).toEqual([200, '1']);
    expect((await sandbox.engine).version).toBe('0.0-fake');
    const index = await (await fetch(sandbox.url)).json();
    expect(index).toMatchObject({ rendobar: sandbox.rendobarUrl, phantomflow: sandbox.phantomflowUrl });
  });

  it("serves the vendor's format alone when it is strict", async () => {
    const { phantomflowUrl, keys } = await start({ strict: true });
    const refused = await fetch(`${phantomflowUrl}/api/render`, {
      method: 'POST',
      headers: { 'x-api-key': keys.phantomflow },
      body: JSON.stringify({ scenes: [{ duration: 1 }], elements: [] }),
    });
    expect([refused.status, await refused.json()]).toMatchObject([
      400,
      { error: { code: 'SCHEMA_VALIDATION_ERROR', path: 'elements' } },
    ]);
  });

  it('links to itself', async () => {
    const sandbox = await start();
    const accepted = await fetch(`${sandbox.phantomflowUrl}/api/render`, {
      method: 'POST',
      headers: { 'x-api-key': sandbox.keys.phantomflow },
      body: JSON.stringify({ scenes: [{ duration: 1 }] }),
    });
    const { job_id: id } = (await accepted.json()) as { readonly job_id: string };
    await sandbox.renderer.started(1);
    await sandbox.renderer.pending[0]?.finish();
    await expect
      .poll(async () => (await fetch(`${sandbox.phantomflowUrl}/output/${id.slice(0, 8)}.mp4`)).status, { interval: 5 })
      .toBe(200);
  });

  it('removes its temporary folder and stops its renders on close, however often that is called', async () => {
    const sandbox = await start();
    await submit(sandbox);
    await sandbox.renderer.started(1);
    const { context } = sandbox.renderer.pending[0] ?? {};
    const dataDir = dirname(dirname(context?.workDir ?? ''));
    expect(basename(dataDir)).toMatch(/^renderq-sandbox-/);
    await Promise.all([sandbox.close(), sandbox.close()]);
    expect(context?.signal.aborted).toBe(true);
    expect(existsSync(dataDir)).toBe(false);
    await expect(fetch(sandbox.url)).rejects.toThrow();
  });

  it('takes a DELETE that names a content type and brings no body', async () => {
    const { url } = await start();
    for (const path of ['/_sandbox/faults', '/_sandbox/requests']) {
      const headers = { 'content-type': 'application/json' };
      const answer = await fetch(`${url}${path}`, { method: 'DELETE', headers });
      expect([path, answer.status]).toEqual([path, 204]);
    }
    const health = (await (await fetch(`${url}/_sandbox/health`)).json()) as { readonly defects: unknown };
    expect(health.defects).toEqual([]);
  });

  it('closes although a client holds a stalled call open', async () => {
    const sandbox = await start();
    const stalled = submit(sandbox, { 'x-sandbox-fault': 'stall' }).then(
      () => 'answered',
      () => 'broken',
    );
    await new Promise((resolve) => setImmediate(resolve));
    await countJobs(sandbox);
    await sandbox.close();
    expect(await stalled).toBe('broken');
  });

  it('keeps a data folder that it was given', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'renderq-kept-'));
    try {
      const sandbox = await start({ dataDir });
      await submit(sandbox);
      await sandbox.renderer.started(1);
      await sandbox.renderer.pending[0]?.finish();
      await expect.poll(() => readdirSync(dataDir), { interval: 5 }).toContain('output');
      await sandbox.close();
      expect(readdirSync(join(dataDir, 'output'))).toHaveLength(1);
    } finally {
      await rm(dataDir, { recursive: true, force: true });
    }
  });

  it('answers without an engine, and says what is missing where one is needed', async () => {
    const sandbox = await startSandbox({ ffmpegPath: join(tmpdir(), 'no-such-ffmpeg') });
    open.push(sandbox);
    await expect(sandbox.engine).rejects.toThrow('FFMPEG_PATH');
    const answer = await submit(sandbox);
    expect(answer.status).toBe(503);
    expect(await answer.json()).toMatchObject({
      error: { code: 'NOT_CONFIGURED', message: expect.stringContaining('FFMPEG_PATH') },
    });
  });

  it('starts with the fault rules that it was given, and refuses those that make no sense', async () => {
    const sandbox = await start({ faults: [{ match: { method: 'POST' }, do: { code: 'QUEUE_FULL' } }] });
    expect((await submit(sandbox)).status).toBe(429);
    expect((await submit(sandbox)).status).toBe(201);
    await fetch(`${sandbox.url}/_sandbox/reset`, { method: 'POST' });
    expect((await submit(sandbox)).status).toBe(429);
    const bad = startSandbox({ renderer: createFakeRenderer(), faults: [{ do: { code: 'NOPE' } }] });
    await expect(bad).rejects.toMatchObject({ name: 'FaultRuleError', field: 'faults.0.do.code' });
  });

  it('rejects when the port is taken', async () => {
    const { url } = await start();
    await expect(
      startSandbox({ renderer: createFakeRenderer(), port: Number(new URL(url).port) }),
    ).rejects.toMatchObject({
      code: 'EADDRINUSE',
    });
  });
});

describe('a body', () => {
  const post = (sandbox: Sandbox, send: (outgoing: ReturnType<typeof request>) => void, headers = {}) =>
    new Promise<{ readonly status: number | undefined; readonly text: string }>((resolve, reject) => {
      const outgoing = request(
        `${sandbox.phantomflowUrl}/api/render`,
        { method: 'POST', headers: { 'x-api-key': sandbox.keys.phantomflow, ...headers } },
        async (answer) => {
          let text = '';
          for await (const chunk of answer) text += chunk;
          resolve({ status: answer.statusCode, text });
        },
      );
      outgoing.once('error', reject);
      send(outgoing);
    });

  it('may come in chunks', async () => {
    const { status } = await post(await start(), (outgoing) => {
      outgoing.write('{"scenes":');
      setImmediate(() => outgoing.end('[{"duration":1}]}'));
    });
    expect(status).toBe(202);
  });

  it('is refused unread when it is declared larger than the limit', async () => {
    const { status, text } = await post(await start(), (outgoing) => outgoing.write('{'), {
      'content-length': 200 * 1024 ** 2,
    });
    expect([status, JSON.parse(text).error.code]).toEqual([400, 'INVALID_REQUEST']);
  });
});

describe('transport faults', () => {
  it('break the connection before anything is carried out', async () => {
    const sandbox = await start();
    await expect(submit(sandbox, { 'x-sandbox-fault': 'reset' })).rejects.toMatchObject({
      cause: { code: 'ECONNRESET' },
    });
    expect(await countJobs(sandbox)).toBe(0);
  });

  it('lose the answer to a call that was carried out', async () => {
    const sandbox = await start();
    await addRule(sandbox, { match: { method: 'POST' }, do: { transport: 'reset', when: 'after' } });
    await expect(submit(sandbox)).rejects.toThrow();
    expect(await countJobs(sandbox)).toBe(1);
  });

  it('cut an answer off in its middle', async () => {
    const sandbox = await start();
    const answer = await submit(sandbox, { 'x-sandbox-fault': 'truncate' });
    expect(answer.status).toBe(201);
    await expect(answer.text()).rejects.toThrow();
    expect(await countJobs(sandbox)).toBe(1);
  });

  it('break the connection in the middle of a body', async () => {
    const sandbox = await start();
    const answer = await submit(sandbox, { 'x-sandbox-fault': 'reset-body' });
    expect([answer.status, answer.headers.get('x-renderq-sandbox')]).toEqual([201, '1']);
    await expect(answer.text()).rejects.toMatchObject({ cause: { code: 'ECONNRESET' } });
    expect(await countJobs(sandbox)).toBe(1);
  });

  it('send a whole message whose JSON stops half-way', async () => {
    const answer = await submit(await start(), { 'x-sandbox-fault': 'half-json' });
    const text = await answer.text();
    expect([answer.status, answer.headers.get('content-type')]).toEqual([201, 'application/json']);
    expect(text).toMatch(/^\{"data"/);
    expect(() => JSON.parse(text)).toThrow();
  });

  it('call the right body by a wrong type', async () => {
    const answer = await submit(await start(), { 'x-sandbox-fault': 'wrong-type' });
    expect(answer.headers.get('content-type')).toContain('text/html');
    expect(await answer.json()).toMatchObject({ data: { status: 'waiting' } });
  });

  it('refuse with a Retry-After that nobody can read', async () => {
    const sandbox = await start();
    const refused = await submit(sandbox, { 'x-sandbox-fault': 'bad-retry-after' });
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, 'a little while']);
    expect(await refused.json()).toMatchObject({ error: { code: 'RATE_LIMITED' } });
    expect(await countJobs(sandbox)).toBe(0);
  });

  it('drip an answer piece by piece, on the sandbox clock', async () => {
    const clock = createSandboxClock({ now: () => 0 });
    const sandbox = await start({ clock });
    await addRule(sandbox, { match: { method: 'POST' }, do: { transport: 'drip', overMs: 20_000 } });
    const answer = await submit(sandbox);
    const reader = answer.body?.getReader();
    const pieces: number[] = [];
    let isDone = false;
    const reading = (async () => {
      for (let part = await reader?.read(); part && !part.done; part = await reader?.read())
        pieces.push(part.value.length);
      isDone = true;
    })();
    await expect
      .poll(
        () => {
          clock.advance(1000);
          return isDone;
        },
        { interval: 5 },
      )
      .toBe(true);
    await reading;
    expect(pieces.length).toBeGreaterThan(5);
    expect(await countJobs(sandbox)).toBe(1);
  });

  it('stand in the journal with what was really done, though it never arrived', async () => {
    const sandbox = await start();
    await expect(submit(sandbox, { 'x-sandbox-fault': 'reset' })).rejects.toThrow();
    await addRule(sandbox, { match: { method: 'POST' }, do: { transport: 'reset', when: 'after' } });
    await expect(submit(sandbox)).rejects.toThrow();
    const answer = await fetch(`${sandbox.url}/_sandbox/requests`);
    expect(await answer.json()).toMatchObject({
      requests: [
        { status: 0, transport: 'reset', faultId: 'header' },
        { status: 201, transport: 'reset', faultId: 'fault_1' },
      ],
    });
  });

  it('break an upload after its bytes have arrived, so that sending them again is harmless', async () => {
    const sandbox = await start();
    const authorization = `Bearer ${sandbox.keys.rendobar}`;
    const post = async (path: string, body: object) => {
      const init = { method: 'POST', headers: { authorization }, body: JSON.stringify(body) };
      return (await fetch(`${sandbox.rendobarUrl}${path}`, init)).json();
    };
    const begun = (await post('/assets', { filename: 'a.mp4', size: 4 })) as {
      readonly data: { readonly id: string };
      readonly upload: { readonly url: string };
    };
    expect(new URL(begun.upload.url).origin).toBe(sandbox.uploadUrl);
    expect(sandbox.uploadUrl).not.toBe(sandbox.url);
    await addRule(sandbox, { match: { path: '/_upload/*' }, do: { transport: 'reset', when: 'after' } });
    const put = () =>
      fetch(begun.upload.url, { method: 'PUT', body: 'film', headers: { 'content-type': 'video/mp4' } });
    await expect(put()).rejects.toThrow();
    expect((await put()).status).toBe(200);
    const ready = await post(`/assets/${begun.data.id}/complete`, {});
    expect(ready).toMatchObject({ data: { status: 'ready', sizeBytes: 4 } });
    const content = await fetch(`${sandbox.rendobarUrl}/assets/${begun.data.id}/content`);
    expect(await content.text()).toBe('film');
  });

  it('answer with the page of a proxy', async () => {
    const sandbox = await start();
    const answer = await submit(sandbox, { 'x-sandbox-fault': 'html502' });
    expect([answer.status, answer.headers.get('content-type')]).toEqual([502, 'text/html']);
    expect(await countJobs(sandbox)).toBe(0);
  });

  it('keep a client waiting until it gives up', async () => {
    const sandbox = await start();
    await addRule(sandbox, { do: { transport: 'stall' } });
    const call = fetch(`${sandbox.rendobarUrl}/health`, { signal: AbortSignal.timeout(50) });
    await expect(call).rejects.toMatchObject({ name: 'TimeoutError' });
    expect((await fetch(`${sandbox.rendobarUrl}/health`)).status).toBe(200);
  });
});

describe('the control plane', () => {
  const statusFor = (url: string, headers: Record<string, string>) =>
    new Promise<number | undefined>((resolve, reject) => {
      request(`${url}/_sandbox/health`, { headers }, (answer: IncomingMessage) => {
        answer.resume();
        resolve(answer.statusCode);
      })
        .once('error', reject)
        .end();
    });

  it('refuses a re-bound host name and the scripts of a web page', async () => {
    const { url } = await start();
    expect(await statusFor(url, {})).toBe(200);
    expect(await statusFor(url, { host: 'evil.example:80' })).toBe(403);
    expect(await statusFor(url, { origin: 'https://evil.example' })).toBe(403);
    expect(await statusFor(url, { origin: 'null' })).toBe(403);
    expect(await statusFor(url, { origin: 'http://localhost:3000' })).toBe(403);
    expect(await statusFor(url, { origin: 'http://127.0.0.1:5096' })).toBe(403);
    expect(await statusFor(url, { 'sec-fetch-site': 'same-site' })).toBe(403);
    expect(await statusFor(url, { origin: url, 'sec-fetch-site': 'same-origin' })).toBe(200);
  });

  it('takes JSON from a web page only as JSON, and from a program under any name', async () => {
    const { url } = await start();
    const add = (headers: Record<string, string>) =>
      fetch(`${url}/_sandbox/faults`, { method: 'POST', headers, body: '{"do":{"code":"RATE_LIMITED"}}' });
    expect((await add({ origin: url, 'content-type': 'text/plain' })).status).toBe(415);
    expect((await add({ origin: url, 'content-type': 'application/json' })).status).toBe(201);
    expect((await add({ 'content-type': 'application/x-www-form-urlencoded' })).status).toBe(201);
    const removed = await fetch(`${url}/_sandbox/faults`, { method: 'DELETE', headers: { origin: url } });
    expect(removed.status).toBe(204);
  });

  it('is off when the sandbox listens beyond loopback', async () => {
    const { url } = await start({ host: '0.0.0.0' });
    expect(await statusFor(url, {})).toBe(404);
    expect((await fetch(`${url}/rendobar/health`)).status).toBe(200);
  });
});

describe('webhooks', () => {
  it('reach a receiver on this machine', async () => {
    const bodies: string[] = [];
    const receiver = createServer(async (incoming, answer) => {
      let text = '';
      for await (const chunk of incoming) text += chunk;
      bodies.push(text);
      answer.end();
    });
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
    const { port } = receiver.address() as AddressInfo;
    try {
      const sandbox = await start();
      const body = { scenes: [{ duration: 1 }], webhook_uri: `http://localhost:${port}/hook` };
      await fetch(`${sandbox.phantomflowUrl}/api/render`, {
        method: 'POST',
        headers: { 'x-api-key': sandbox.keys.phantomflow, 'x-sandbox-fault': 'job:RENDER_FAILED' },
        body: JSON.stringify(body),
      });
      await expect.poll(() => bodies, { interval: 5 }).toHaveLength(1);
      expect(JSON.parse(bodies[0] ?? '')).toMatchObject({ status: 'failed', error: { code: 'RENDER_FAILED' } });
    } finally {
      receiver.close();
    }
  });
});
