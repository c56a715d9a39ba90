import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { startDaemon } from './daemon.ts';

const ENTRY = fileURLToPath(new URL('../../../packages/sandbox/dist/cli.js', import.meta.url));

export interface SandboxProcess {
  /** `http://127.0.0.1:N`; both dialects and the control plane live below it. */
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts the sandbox as it is shipped, in a process of its own, on a free port. */
export async function startSandboxProcess(): Promise<SandboxProcess> {
  if (!existsSync(ENTRY)) throw new Error('The sandbox is not built: run "npm run build" first.');
  const address = (output: string) => /listens on (http:\/\/\S+)/.exec(output)?.[1];
  const daemon = await startDaemon({
    name: 'The sandbox',
    command: process.execPath,
    args: [ENTRY, '--port', '0'],
    options: { env: { PATH: process.env.PATH, HOME: process.env.HOME, FFMPEG_PATH: process.env.FFMPEG_PATH } },
    isReady: (output) => address(output) !== undefined,
    startTimeoutMs: 30_000,
  });
  return { url: address(daemon.output()) ?? '', stop: () => daemon.stop(5_000) };
}
