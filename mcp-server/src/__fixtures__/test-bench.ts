import { Client, InMemoryTransport } from '@modelcontextprotocol/client';
import type { Clock, RenderClientOptions, ValidationIssue } from '@renderq/core';
import { createDispatcher, createMemoryStore, type Dispatcher } from '@renderq/dispatcher';
import { expect } from 'vitest';
import { logAccount } from '../account-log.ts';
import { createAccounts } from '../accounts.ts';
import { buildServer } from '../build-server.ts';
import { readConfig } from '../config.ts';
import type { Envelope } from '../envelope.ts';
import { createLogger } from '../log.ts';
import { createTools } from '../tools/index.ts';
import { createFakeAccount, type FakeAccount, fakeProvider } from './fake-account.ts';

interface BenchClock extends Clock {
  /** Moves time on and wakes whoever it is time for. */
  advance(ms: number): Promise<void>;
}

/** Lets everything that is ready run. */
export const settle = async (): Promise<void> => {
  for (let i = 0; i < 5; i += 1) await new Promise((done) => setImmediate(done));
};

function createClock(): BenchClock {
  let now = Date.UTC(2026, 0, 1);
  const sleepers = new Set<{ readonly at: number; wake(): void }>();
  return {
    now: () => now,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        const sleeper = { at: now + ms, wake: resolve };
        sleepers.add(sleeper);
        signal?.addEventListener('abort', () => sleepers.delete(sleeper) && reject(signal.reason), { once: true });
      }),
    async advance(ms) {
      await settle();
      now += ms;
      for (const sleeper of [...sleepers]) if (sleeper.at <= now && sleepers.delete(sleeper)) sleeper.wake();
      await settle();
    },
  };
}

/** What a tool answered, as a client sees it. */
export interface Seen {
  readonly isError: boolean;
  readonly text: string;
  readonly envelope: Envelope;
}

export interface Bench {
  readonly client: Client;
  readonly clock: BenchClock;
  readonly rendobar: FakeAccount;
  readonly phantomflow: FakeAccount;
  /** What PhantomFlow has against every request on sight. */
  readonly issues: ValidationIssue[];
  readonly dispatcher: Dispatcher;
  readonly logLines: string[];
  /** How often the embedded sandbox was started, and how often it was closed. */
  readonly sandbox: { starts: number; closes: number; fault: unknown };
  /** With what the clients were made. */
  readonly made: RenderClientOptions[];
  readonly clientFault: { value: unknown };
  call(tool: string, args?: Record<string, unknown>): Promise<Seen>;
  close(): Promise<void>;
}

export const BOTH_KEYS = { RENDOBAR_API_KEY: 'rb_live_secret', PHANTOMFLOW_API_KEY: 've_live_secret' };

/** The whole server over fake accounts, on a clock that stands still, driven by a real client in the same process. */
export async function createBench(env: Readonly<Record<string, string>> = BOTH_KEYS): Promise<Bench> {
  const issues: ValidationIssue[] = [];
  const providers = [fakeProvider('rendobar', 'Rendobar'), fakeProvider('phantomflow', 'PhantomFlow', issues)] as const;
  const rendobar = createFakeAccount(providers[0]);
  const phantomflow = createFakeAccount(providers[1]);
  const clock = createClock();
  const logLines: string[] = [];
  const sandbox: Bench['sandbox'] = { starts: 0, closes: 0, fault: undefined };
  const made: RenderClientOptions[] = [];
  const clientFault: Bench['clientFault'] = { value: undefined };
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
  const dispatcher = createDispatcher({ clients: accounts.client, store: createMemoryStore(), clock, random: () => 1 });
  const server = buildServer({ version: '9.9.9', tools: createTools({ accounts, dispatcher }), clock, log });
  const client = new Client({ name: 'test', version: '1' });
  const [clientSide, serverSide] = InMemoryTransport.createLinkedPair();
  await Promise.all([server.connect(serverSide), client.connect(clientSide)]);

  return {
    client,
    clock,
    rendobar,
    phantomflow,
    issues,
    dispatcher,
    logLines,
    sandbox,
    made,
    clientFault,
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
      await dispatcher.close();
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
