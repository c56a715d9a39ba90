import { startDaemon } from './daemon.ts';
import { freePort } from './free-ports.ts';

export interface Redis {
  readonly port: number;
  stop(): Promise<void>;
}

/** Starts a Redis on a free loopback port that writes nothing to disk. */
export async function startRedis(program: string): Promise<Redis> {
  const port = await freePort();
  const daemon = await startDaemon({
    name: 'Redis',
    command: program,
    args: ['--port', `${port}`, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', '/tmp'],
    isReady: (output) => /ready to accept connections/i.test(output),
    startTimeoutMs: 15_000,
  });
  return { port, stop: () => daemon.stop(3_000) };
}
