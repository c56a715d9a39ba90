import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cachedInstall } from '@renderq/toolchain/cached-install';
import type { TestProject } from 'vitest/node';
import { startN8nHost } from './n8n-host.ts';
import { packNodes } from './package-tarball.ts';
import { type PostgresAddress, startPostgres } from './postgres.ts';
import { findPrograms } from './prerequisites.ts';

/** What every test file is told of the house that was opened for all of them. */
export interface HouseFacts {
  /** The n8n that all files share. */
  readonly n8nUrl: string;
  /** Restarts it (`POST /restart`) and tells its process id (`GET /pid`): only the house holds its process. */
  readonly doorUrl: string;
  readonly postgres: PostgresAddress;
  readonly tarball: string;
  readonly outsideCalls: string;
}

declare module 'vitest' {
  interface ProvidedContext {
    house: HouseFacts;
  }
}

const closers: (() => unknown)[] = [];

/** Opens the house before the first test file: Postgres, the packed nodes, one n8n 2.x with them. */
export async function setup(project: TestProject): Promise<void> {
  const { postgresBin } = findPrograms();
  if (postgresBin === undefined) throw new Error('No Postgres.');
  const folder = mkdtempSync(join(tmpdir(), 'renderq-n8n-house-'));
  const outsideCalls = join(folder, 'outside-calls.txt');
  appendFileSync(outsideCalls, '');
  closers.push(() => {
    const calls = readFileSync(outsideCalls, 'utf8').trim();
    rmSync(folder, { recursive: true, force: true });
    if (calls !== '') throw new Error(`n8n tried to leave the machine:\n${[...new Set(calls.split('\n'))].join('\n')}`);
  });
  try {
    // Both, and here: once for each machine it takes minutes, for which no test's own time would be enough.
    for (const major of [2, 1]) await cachedInstall(new URL(`../host-${major}/`, import.meta.url));
    const tarball = await packNodes(folder);
    const postgres = await startPostgres(postgresBin);
    closers.push(() => postgres.stop());
    const host = await startN8nHost({ major: 2, database: 'n8n', postgres, outsideCalls, tarball });
    closers.push(() => host.stop());
    const door = createServer(async (request, response) => {
      try {
        if (request.method === 'POST') await host.restart();
        response.end(`${host.pid()}`);
      } catch (error) {
        response.writeHead(500).end(String(error));
      }
    });
    await new Promise<void>((resolve) => door.listen(0, '127.0.0.1', resolve));
    closers.push(() => door.close());
    project.provide('house', {
      n8nUrl: host.url,
      doorUrl: `http://127.0.0.1:${(door.address() as AddressInfo).port}`,
      postgres: { bin: postgres.bin, port: postgres.port, user: postgres.user },
      tarball,
      outsideCalls,
    });
  } catch (error) {
    await close().catch(() => {});
    throw error;
  }
}

async function close(): Promise<void> {
  const faults: unknown[] = [];
  // In the reverse order of their start, and all of them, whatever one of them does.
  for (let closer = closers.pop(); closer; closer = closers.pop()) {
    try {
      await closer();
    } catch (error) {
      faults.push(error);
    }
  }
  if (faults.length > 0) throw faults[0];
}

/** Closes the house after the last test file; fails when n8n tried to call anybody off this machine. */
export const teardown = close;
