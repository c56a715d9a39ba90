import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { runProcess } from './native-process.ts';

const node = (script: string, signal = new AbortController().signal, onStdout?: (chunk: string) => void) =>
  runProcess({
    command: process.execPath,
    args: ['-e', script],
    cwd: tmpdir(),
    env: { ONLY: 'this' },
    signal,
    ...(onStdout === undefined ? {} : { onStdout }),
  });

const isAlive = (pid: number) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

describe('runProcess', () => {
  it('answers with code and output of a failed program, and passes no environment but the one given', async () => {
    const result = await node("console.log(Object.keys(process.env).join()); console.error('bad'); process.exit(3)");
    expect(result).toEqual({ exitCode: 3, endedBy: null, stdout: 'ONLY\n', stderr: 'bad\n' });
  });

  it('rejects when the program does not exist', async () => {
    const run = runProcess({
      command: '/nowhere/ffmpeg',
      args: [],
      cwd: tmpdir(),
      env: {},
      signal: new AbortController().signal,
    });
    await expect(run).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('does not start anything after an abort', async () => {
    await expect(node('', AbortSignal.abort(new Error('no')))).rejects.toThrow('no');
  });

  it.skipIf(process.platform === 'win32')(
    'ends a program that ignores SIGTERM, and its children, inside a second',
    async () => {
      const stop = new AbortController();
      const pids: number[] = [];
      const script = `
      process.on('SIGTERM', () => {});
      const child = require('node:child_process').spawn(process.execPath, ['-e', "process.on('SIGTERM',()=>{});setInterval(()=>{},9e6)"]);
      console.log(process.pid, child.pid); setInterval(() => {}, 9e6);`;
      const ended = node(script, stop.signal, (chunk) => {
        pids.push(...chunk.trim().split(' ').map(Number));
        stop.abort(new Error('cancelled'));
      });
      const started = performance.now();
      await expect(ended).rejects.toThrow('cancelled');
      expect(performance.now() - started).toBeLessThan(2_000);
      expect(pids).toHaveLength(2);
      expect(pids.filter(isAlive)).toEqual([]);
    },
  );
});
