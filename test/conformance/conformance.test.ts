import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type HttpServer, startHttpServer } from '../journeys/mcp/http-server.ts';
import { serveFixtures } from './fixtures/serve-fixtures.ts';
import { REVISIONS, runSuite } from './run-suite.ts';

const baselineOf = (revision: string) => fileURLToPath(new URL(`./baselines/${revision}.yml`, import.meta.url));

describe('the HTTP stack, with every fixture of the official suite mounted', () => {
  let host: Awaited<ReturnType<typeof serveFixtures>>;
  beforeAll(async () => {
    host = await serveFixtures();
  });
  afterAll(() => host?.close(0, async () => undefined));

  it.each(REVISIONS)('conforms to %s without an exception', async (revision) => {
    const { code, output } = await runSuite(host.url, revision);
    expect(output).toMatch(/Test Results|Total|passed/i);
    expect(code, output).toBe(0);
  });
});

describe('the server as it is shipped', () => {
  let server: HttpServer;
  beforeAll(async () => {
    server = await startHttpServer();
  });
  afterAll(() => server?.stop());

  it.each(REVISIONS)('fails of %s exactly what its baseline gives a reason for', async (revision) => {
    const { code, output } = await runSuite(server.url, revision, baselineOf(revision));
    expect(code, output).toBe(0);
  });
});
