import { Client, InMemoryTransport } from '@modelcontextprotocol/client';
import type { McpServer } from '@modelcontextprotocol/server';
import type { RenderClientOptions, ValidationIssue } from '@renderq/core';
import { createVirtualClock, type VirtualClock } from '@renderq/core/testing/clock';
import { createDispatcher, createMemoryStore, type Dispatcher, type JobStore } from '@renderq/dispatcher';
import type { MediaProber, ProbedMedia, ProbeSource } from '@renderq/sandbox/probe';
import { expect } from 'vitest';
import { logAccount } from '../account-log.ts';
import { type Accounts, createAccounts } from '../accounts.ts';
import { buildServer } from '../build-server.ts';
import { type Caller, LOCAL_CALLER } from '../caller.ts';
import { readConfig } from '../config.ts';
import type { Envelope } from '../envelope.ts';
import { createLocalFiles } from '../files/local-files.ts';
import { createUploads } from '../files/uploads.ts';
import { createLogger } from '../log.ts';
import { createSurface } from '../surface.ts';
import { createFakeAccount, type FakeAccount, fakeProvider } from './fake-account.ts';

/** Lets everything that is ready run. */
export const settle = async (): Promise<void> => {
  for (let i = 0; i < 5; i += 1) await new Promise((done) => setImmediate(done));
};

/** What a tool answered, as a client sees it. */
export interface Seen {
  readonly isError: boolean;
  readonly text: string;
  readonly envelope: Envelope;
}

export interface Bench {
  readonly client: Client;
  readonly clock: VirtualClock;
  readonly rendobar: FakeAccount;
  readonly phantomflow: FakeAccount;
  /** What PhantomFlow has against every request on sight. */
  readonly issues: ValidationIssue[];
  readonly accounts: Accounts;
  readonly dispatcher: Dispatcher;
  readonly store: JobStore;
  readonly logLines: string[];
  /** How often the embedded sandbox was started, and how often it was closed. */
  readonly sandbox: { starts: number; closes: number; fault: unknown };
  /** With what the clients were made. */
  readonly made: RenderClientOptions[];
  readonly clientFault: { value: unknown };
  /** What was uploaded to the provider's storage; `fault` fails and `hold` delays the next uploads. */
  readonly storage: {
    readonly uploads: {
      readonly name: string;
      readonly content: string;
      readonly contentType: string;
      readonly sha256: string;
    }[];
    fault: unknown;
    hold: Promise<void> | undefined;
  };
  readonly prober: MediaProber & { readonly probed: ProbeSource[]; answer: () => Promise<ProbedMedia> };
  /** Another connection to the same surface. */
  serve(as?: Caller): McpServer;
  call(tool: string, args?: Record<string, unknown>): Promise<Seen>;
  close(): Promise<void>;
}

export const BOTH_KEYS = { RENDOBAR_API_KEY: 'rb_live_secret', PHANTOMFLOW_API_KEY: 've_live_secret' };

/** The whole server over fake accounts, on a clock that stands still, driven by a real client in the same process. */
export async function createBench(
  env: Readonly<Record<string, string>> = BOTH_KEYS,
  caller: Caller = LOCAL_CALLER,
): Promise<Bench> {
  const issues: ValidationIssue[] = [];
  const providers = [fakeProvider('rendobar', 'Rendobar'), fakeProvider('phantomflow', 'PhantomFlow', issues)] as const;
  const rendobar = createFakeAccount(providers[0]);
  const phantomflow = createFakeAccount(providers[1]);
  const clock = createVirtualClock();
  const logLines: string[] = [];
  const sandbox: Bench['sandbox'] = { starts: 0, closes: 0, fault: undefined };
  const made: RenderClientOptions[] = [];
  const clientFault: Bench['clientFault'] = { value: undefined };
  const storage: Bench['storage'] = { uploads: [], fault: undefined, hold: undefined };
  const prober: Bench['prober'] = {
    probed: [],
    answer: async () => ({ format: 'mp3', sizeBytes: 1, streams: [] }),
    async probe(source) {
      prober.probed.push(source);
      return prober.answer();
    },
    close: async () => undefined,
  };
  const log = createLogger('debug', (line) => logLines.push(line));

  const accounts = createAccounts({
    providers,
    config: readConfig(providers, env),
    loadCreateClient: async () => (options) => {
      made.push(options);
      if (clientFault.value) throw clientFault.value;
      return options.provider === 'rendobar' ? rendobar.client : phantomflow.client;
    },
    onOpened: (client) => logAccount(client, log),
    openStorage: async ({ baseUrl = 'https://api.rendobar.test' }) => ({
      id: baseUrl,
      async upload(source, { contentType, sha256 }) {
        let content = '';
        for await (const chunk of source.read(0, source.size)) content += Buffer.from(chunk).toString();
        storage.uploads.push({ name: source.filename, content, contentType, sha256 });
        await storage.hold;
        if (storage.fault) throw storage.fault;
        return { url: `${baseUrl}/assets/${storage.uploads.length}/content` };
      },
    }),
    async startSandbox() {
      sandbox.starts += 1;
      if (sandbox.fault) throw sandbox.fault;
      return {
        accounts: {
          rendobar: { apiKey: 'rb_sandbox', baseUrl: 'http://127.0.0.1:1/rendobar' },
          phantomflow: { apiKey: 've_test_sandbox', baseUrl: 'http://127.0.0.1:1/phantomflow' },
        },
        engine: Promise.resolve({ kind: 'wasm', version: '7.0', reason: 'no native FFmpeg was found' }),
        async close() {
          sandbox.closes += 1;
        },
      };
    },
  });
  const store = createMemoryStore();
  const dispatcher = createDispatcher({
    accounts: accounts.handle,
    store,
    clock,
    random: () => 1,
  });
  const config = readConfig(providers, env);
  const files = createLocalFiles(config.files);
  const uploads = createUploads({
    files,
    storageOf: accounts.storage,
    displayName: (id) => accounts.provider(id).displayName,
    clock,
  });
  const media = async () => prober;
  const surface = createSurface({ accounts, dispatcher, clock, files, uploads, media });
  const serve = (as = caller): McpServer => buildServer({ version: '9.9.9', surface, clock, log }, as);
  const client = new Client({ name: 'test', version: '1' });
  const [clientSide, serverSide] = InMemoryTransport.createLinkedPair();
  await Promise.all([serve().connect(serverSide), client.connect(clientSide)]);

  return {
    client,
    clock,
    rendobar,
    phantomflow,
    issues,
    accounts,
    dispatcher,
    store,
    logLines,
    sandbox,
    made,
    clientFault,
    storage,
    prober,
    serve,
    async call(name, args = {}) {
      const result = await client.callTool({ name, arguments: args });
      const [first] = result.content;
      return {
        isError: result.isError === true,
        text: first?.type === 'text' ? first.text : '',
        envelope: (result.structuredContent ?? {}) as Envelope,
      };
    },
    async close() {
      await client.close();
      // It waits a while for answers that are on their way, and here time does not pass by itself.
      const closed = dispatcher.close();
      await clock.advance(60_000);
      await closed;
      await accounts.close();
    },
  };
}

/** A request that PhantomFlow's fake accepts. */
export const MOVIE = { scenes: [{ duration: 1 }] };

/** Submits and returns the answer; time stands still, so it moves on to end the wait for an early refusal. */
export async function submit(bench: Bench, args: Record<string, unknown> = {}): Promise<Seen> {
  const seen = bench.call('submit_render', { provider: 'phantomflow', request: MOVIE, ...args });
  await settle();
  await bench.clock.advance(1500);
  return seen;
}

/** The id of the job that an answer shows. */
export const idOf = ({ envelope }: Seen): string => envelope.job?.id ?? '';

/** Every error a tool gives is told in the structure and, first thing, in the text. */
export function expectError(seen: Seen, code: string, field?: string): void {
  expect(seen.isError).toBe(true);
  expect(seen.envelope.error).toMatchObject({ code, remedy: expect.stringMatching(/\w/) });
  expect(seen.envelope.error?.field).toBe(field);
  expect(seen.text.startsWith(code)).toBe(true);
  expect(seen.text).toMatch(/\nNext: /);
}
