import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';

const cli = new URL('cli.ts', import.meta.url).pathname;

let child: ChildProcess | undefined;
afterEach(async () => {
  // Asked to end, not killed: a killed process would leave its temporary folder behind.
  if (child?.exitCode === null && child.kill('SIGTERM')) await once(child, 'exit');
  child = undefined;
});

function run(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const { RENDOBAR_API_KEY: _r, PHANTOMFLOW_API_KEY: _p, ...clean } = process.env;
  const spawned = spawn(process.execPath, [cli, ...args], { env: { ...clean, ...env }, stdio: 'pipe' });
  child = spawned;
  const output = { stdout: '', stderr: '' };
  spawned.stdout.on('data', (chunk: Buffer) => {
    output.stdout += chunk.toString();
  });
  spawned.stderr.on('data', (chunk: Buffer) => {
    output.stderr += chunk.toString();
  });
  const ended = once(spawned, 'exit').then(([code]) => code as number | null);
  return { spawned, output, ended };
}

describe('renderq-sandbox', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)(
    'prints where it is and how to use it, and ends orderly on %s',
    async (signal) => {
      const { spawned, output, ended } = run(['--port', '0']);
      await expect.poll(() => output.stdout, { timeout: 20_000 }).toContain('Engine: FFmpeg');
      const url = /listens on (http:\/\/127\.0\.0\.1:\d+)/.exec(output.stdout)?.[1];
      expect(output.stdout).toContain(`${url}/rendobar`);
      expect(output.stdout).toContain(`curl -s ${url}/phantomflow/api/render -H 'x-api-key: ve_test_sandbox'`);
      expect((await fetch(`${url}/rendobar/health`)).status).toBe(200);
      expect(output.stdout).toContain(`\nLook at it: ${url}/\n`);
      const page = await fetch(`${url}/`, { headers: { accept: 'text/html' } });
      expect(await page.text()).toContain('<title>renderq sandbox</title>');
      spawned.kill(signal);
      expect(await ended).toBe(0);
      expect(output.stderr).toBe('');
    },
  );

  it('is strict when it is told to, and names no page where it has none', async () => {
    const { output } = run(['--port', '0', '--host', '0.0.0.0', '--strict']);
    await expect.poll(() => output.stdout, { timeout: 20_000 }).toContain('Strict: ');
    expect(output.stdout).not.toContain('Look at it');
    const url = /listens on (\S+)/.exec(output.stdout)?.[1];
    const headers = { 'x-api-key': 've_test_sandbox' };
    const schema = await fetch(`${url}/phantomflow/api/render/schema`, { headers });
    expect(await schema.json()).toMatchObject({ properties: { subtitles: false } });
  });

  it('sweeps away what a killed one left behind, and nothing of one that runs', async () => {
    const root = await mkdtemp(join(tmpdir(), 'cli-sweep-'));
    const env = { TMPDIR: root };
    const folders = async () => (await readdir(root)).filter((name) => name.startsWith('renderq-sandbox-'));
    const listening = (output: { readonly stdout: string }) =>
      expect.poll(() => output.stdout, { timeout: 20_000 }).toContain('listens on');
    try {
      const killed = run(['--port', '0'], env);
      await listening(killed.output);
      const [left] = await folders();
      killed.spawned.kill('SIGKILL');
      await killed.ended;
      expect(await folders()).toEqual([left]);

      const next = run(['--port', '0'], env);
      await listening(next.output);
      await expect.poll(folders, { timeout: 10_000 }).not.toContain(left);
      expect(await folders()).toHaveLength(1);
      next.spawned.kill('SIGTERM');
      await next.ended;
    } finally {
      await rm(root, { recursive: true, force: true });
    }
  });

  it('refuses to start beside a live key, names the variable and not the key, and starts when it is told to', async () => {
    const env = { RENDOBAR_API_KEY: 'rb_verysecret' };
    const refused = run(['--port', '0'], env);
    expect(await refused.ended).toBe(1);
    expect(refused.output.stderr).toContain('RENDOBAR_API_KEY');
    expect(refused.output.stderr + refused.output.stdout).not.toContain('verysecret');
    const allowed = run(['--port', '0', '--allow-live-env'], env);
    await expect.poll(() => allowed.output.stdout, { timeout: 20_000 }).toContain('listens on');
  });

  it.each([
    [['--port', 'x'], '--port must be a number'],
    [['--engine', 'gpu'], '--engine must be native or wasm'],
    [['--upload-port', '70000'], '--upload-port must be a number'],
    [['--faults', 'none.json'], '--faults: The fault file cannot be read: ENOENT'],
    [['--strickt'], 'There is no option --strickt. Did you mean --strict?\nSee renderq-sandbox --help.\n'],
  ])('explains arguments that it cannot use: %j', async (args, message) => {
    const { output, ended } = run(args);
    expect(await ended).toBe(1);
    expect(output.stderr).toContain(message);
  });

  it('starts with the rules of a fault file, and names the place of one that makes no sense', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'cli-faults-'));
    const file = join(folder, 'faults.json');
    try {
      await writeFile(file, JSON.stringify([{ do: { code: 'GONE' } }, { do: { code: 'NOPE' } }]));
      const refused = run(['--port', '0', '--faults', file]);
      expect(await refused.ended).toBe(1);
      expect(refused.output.stderr).toContain('--faults: faults.1.do.code: No such code. rendobar has: UNAUTHORIZED');

      await writeFile(file, JSON.stringify({ faults: [{ match: { provider: 'rendobar' }, do: { code: 'GONE' } }] }));
      const { output } = run(['--port', '0', '--faults', file]);
      await expect.poll(() => output.stdout, { timeout: 20_000 }).toContain('listens on');
      await expect.poll(() => output.stdout).toContain('Faults in force from the start: 1.');
      const url = /listens on (\S+)/.exec(output.stdout)?.[1];
      expect((await fetch(`${url}/rendobar/health`)).status).toBe(410);
      expect((await fetch(`${url}/rendobar/health`)).status).toBe(200);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  it('says that the port is taken', async () => {
    const holder = createServer().listen(0, '127.0.0.1');
    await once(holder, 'listening');
    try {
      const { port } = holder.address() as AddressInfo;
      const { output, ended } = run(['--port', String(port)]);
      expect(await ended).toBe(1);
      expect(output.stderr).toContain(`port ${port} is taken`);
    } finally {
      holder.close();
    }
  });
});
