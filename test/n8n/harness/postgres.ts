import { execFile } from 'node:child_process';
import { chown, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startDaemon } from './daemon.ts';
import { freePort } from './free-ports.ts';

/** Where a Postgres answers, on loopback, to whoever asks. */
export interface PostgresAddress {
  /** The folder of its programs. */
  readonly bin: string;
  readonly port: number;
  readonly user: string;
}

export interface Postgres extends PostgresAddress {
  stop(): Promise<void>;
}

const run = promisify(execFile);

export async function createDatabase({ bin, port, user }: PostgresAddress, name: string): Promise<void> {
  await run(join(bin, 'createdb'), ['-h', '127.0.0.1', '-p', `${port}`, '-U', user, name]);
}

interface Identity {
  readonly uid?: number;
  readonly gid?: number;
}

/** Postgres refuses to run as root: Debian's own user for it, or nobody, takes its place. */
async function findIdentity(): Promise<Identity> {
  if (process.getuid?.() !== 0) return {};
  const users = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'));
  const row = users.find(([name]) => name === 'postgres') ?? users.find(([name]) => name === 'nobody');
  if (!row) throw new Error('Postgres does not run as root, and there is neither a user "postgres" nor "nobody".');
  return { uid: Number(row[2]), gid: Number(row[3]) };
}

/** Starts a Postgres on a free loopback port; its data lives in a temporary folder that `stop` removes. */
export async function startPostgres(bin: string): Promise<Postgres> {
  const identity = await findIdentity();
  const folder = await mkdtemp(join(tmpdir(), 'renderq-postgres-'));
  if (identity.uid !== undefined && identity.gid !== undefined) await chown(folder, identity.uid, identity.gid);
  const data = join(folder, 'data');
  const user = 'postgres';
  const removeFolder = () => rm(folder, { recursive: true, force: true });
  try {
    await run(join(bin, 'initdb'), ['-D', data, '-U', user, '-A', 'trust', '-E', 'UTF8', '--no-sync'], {
      cwd: folder,
      ...identity,
    });
    const port = await freePort();
    // Nothing here outlives the tests: durability costs seconds and saves nothing.
    const settings = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off', 'max_connections=200'];
    const daemon = await startDaemon({
      name: 'Postgres',
      command: join(bin, 'postgres'),
      args: ['-D', data, '-p', `${port}`, '-h', '127.0.0.1', '-k', folder, ...settings.flatMap((s) => ['-c', s])],
      options: { cwd: folder, ...identity },
      isReady: (output) => output.includes('ready to accept connections'),
      startTimeoutMs: 30_000,
    });
    return {
      bin,
      port,
      user,
      async stop() {
        // Immediate: a fast shutdown would wait for n8n's pool.
        await daemon.stop(3_000);
        await removeFolder();
      },
    };
  } catch (error) {
    await removeFolder();
    throw error;
  }
}
