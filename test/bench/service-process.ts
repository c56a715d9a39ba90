import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { MemoryReading, Started } from './service-subject.ts';

/** A server under measurement, in a process that shares nothing with the one that measures. */
export interface Subject extends Started {
  memory(): Promise<MemoryReading>;
  stop(): Promise<void>;
}

export async function startSubject(kind: 'bare' | 'sandbox'): Promise<Subject> {
  const child = fork(fileURLToPath(new URL('./service-subject.ts', import.meta.url)), [kind], {
    execArgv: ['--expose-gc'],
    env: { PATH: process.env.PATH },
  });
  const started = await hear<Started>(child);
  return {
    ...started,
    async memory() {
      child.send('memory');
      return hear<MemoryReading>(child);
    },
    async stop() {
      const gone = once(child, 'exit');
      child.disconnect();
      await gone;
    },
  };
}

async function hear<Message>(child: ChildProcess): Promise<Message> {
  const ended = new AbortController();
  try {
    const [message] = await Promise.race([
      once(child, 'message', { signal: ended.signal }),
      once(child, 'exit', { signal: ended.signal }).then(([code]) => {
        throw new Error(`The server under measurement ended with exit code ${code}.`);
      }),
    ]);
    return message as Message;
  } finally {
    ended.abort();
  }
}
