import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cachedInstall } from '@renderq/toolchain/cached-install';
import type { Daemon } from './daemon.ts';
import { freePorts } from './free-ports.ts';
import type { N8nPlace } from './n8n-env.ts';
import { installPackage, startN8nMain, startN8nWorker } from './n8n-process.ts';
import { createDatabase, type PostgresAddress } from './postgres.ts';

/** An n8n with a database and a user folder of its own, and the package installed in it. */
export interface N8nHost {
  readonly url: string;
  readonly userFolder: string;
  /** Of the main process that runs now: it changes with a restart. */
  pid(): number;
  /** The last words of its processes, the main one first. */
  outputs(): readonly string[];
  /** Ends the main process, as an operator does, and starts another one on the same database, port and folder. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export interface N8nHostSpec {
  readonly major: 1 | 2;
  readonly database: string;
  readonly postgres: PostgresAddress;
  readonly outsideCalls: string;
  /** The packed community package; without it n8n has its own nodes alone. */
  readonly tarball?: string;
  /** Queue mode: the executions run in this many workers. */
  readonly queue?: { readonly redisPort: number; readonly workers: number };
  readonly settings?: Readonly<Record<string, string>>;
}

/** Installs n8n where this machine has none yet (some minutes, once), and starts it. */
export async function startN8nHost(spec: N8nHostSpec): Promise<N8nHost> {
  const installed = await cachedInstall(new URL(`../host-${spec.major}/`, import.meta.url));
  const folder = await mkdtemp(join(tmpdir(), `renderq-n8n-${spec.major}-`));
  const daemons: Daemon[] = [];
  const stop = async () => {
    // Workers first: a main process that goes away under them makes them complain.
    await Promise.all(daemons.slice(1).map((daemon) => daemon.stop()));
    await daemons[0]?.stop();
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  };
  try {
    if (spec.tarball !== undefined) await installPackage(folder, spec.tarball);
    await createDatabase(spec.postgres, spec.database);
    const [port, brokerPort] = await takePorts();
    const place: N8nPlace = {
      major: spec.major,
      port,
      brokerPort,
      folder,
      postgres: spec.postgres,
      database: spec.database,
      outsideCalls: spec.outsideCalls,
      ...(spec.queue === undefined ? {} : { redisPort: spec.queue.redisPort }),
      ...(spec.settings === undefined ? {} : { settings: spec.settings }),
    };
    daemons.push(await startN8nMain(installed, place));
    for (let worker = 0; worker < (spec.queue?.workers ?? 0); worker += 1) {
      const [healthPort, workerBrokerPort] = await takePorts();
      daemons.push(await startN8nWorker(installed, { ...place, brokerPort: workerBrokerPort }, healthPort));
    }
    return {
      url: `http://127.0.0.1:${port}`,
      userFolder: folder,
      pid: () => daemons[0]?.pid ?? -1,
      outputs: () => daemons.map((daemon) => daemon.output()),
      async restart() {
        await daemons[0]?.stop();
        daemons[0] = await startN8nMain(installed, place);
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function takePorts(): Promise<[number, number]> {
  const [first, second] = await freePorts(2);
  if (first === undefined || second === undefined) throw new Error('No free ports.');
  return [first, second];
}
