import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

/** One thing that the server does with a connection after it has read a request. */
export type Step =
  | { readonly send: string | Buffer }
  /** One byte at a time. */
  | { readonly drip: string | Buffer; readonly everyMs: number }
  /** Again and again, for as long as the other side listens. */
  | { readonly flood: string | Buffer }
  | { readonly pauseMs: number }
  /** `reset` ends with RST, `end` with FIN; `hang` keeps the connection and says nothing more. */
  | { readonly last: 'reset' | 'end' | 'hang' };

export interface HeardRequest {
  readonly method: string;
  /** Below the path of the run. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What a run's server does with its nth request, counted from 0. */
export type Script = (request: HeardRequest, index: number) => readonly Step[];

export interface Run {
  readonly baseUrl: string;
  readonly requests: readonly HeardRequest[];
}

export interface TortureServer {
  readonly origin: string;
  /** Connections that were ever opened. */
  readonly connections: () => number;
  /** A base URL of its own whose requests are answered by the script. */
  open(script: Script): Run;
  close(): Promise<void>;
}

export interface TortureOptions {
  /** What is done with a connection before a byte of it is read. */
  readonly onConnect?: 'reset' | 'end';
}

/**
 * A server below HTTP: it reads requests, but what it writes is bytes, so it can break every rule of the protocol.
 * On loopback only.
 */
export async function startTortureServer({ onConnect }: TortureOptions = {}): Promise<TortureServer> {
  const sockets = new Set<Socket>();
  const scripts = new Map<string, (request: HeardRequest) => readonly Step[]>();
  let connections = 0;

  const server = createServer({ allowHalfOpen: true }, (socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    if (onConnect === 'reset') socket.resetAndDestroy();
    else if (onConnect === 'end') socket.end();
    else void converse(socket, scripts).catch(() => socket.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    origin,
    connections: () => connections,
    open(script) {
      const name = `run-${scripts.size}`;
      const requests: HeardRequest[] = [];
      scripts.set(name, (request) => {
        requests.push(request);
        return script(request, requests.length - 1);
      });
      return { baseUrl: `${origin}/${name}`, requests };
    },
    async close() {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, 'close');
    },
  };
}

async function converse(socket: Socket, scripts: ReadonlyMap<string, (request: HeardRequest) => readonly Step[]>) {
  for await (const { run, request } of readRequests(socket)) {
    for (const step of scripts.get(run)?.(request) ?? []) {
      if (!(await play(socket, step))) return;
    }
  }
}

/** Requests of one connection, in turn. Only what a well-behaved client sends is understood. */
async function* readRequests(socket: Socket): AsyncGenerator<{ run: string; request: HeardRequest }> {
  let heard = Buffer.alloc(0);
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
    heard = Buffer.concat([heard, chunk as Buffer]);
    for (;;) {
      const headEnd = heard.indexOf('\r\n\r\n');
      if (headEnd < 0) break;
      const [first = '', ...lines] = heard.subarray(0, headEnd).toString('latin1').split('\r\n');
      const headers = Object.fromEntries(
        lines.map((line) => [line.split(':', 1)[0]?.toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
      );
      const end = headEnd + 4 + Number(headers['content-length'] ?? 0);
      if (heard.length < end) break;
      const body = heard.subarray(headEnd + 4, end).toString('utf8');
      heard = heard.subarray(end);
      const [method = '', target = ''] = first.split(' ');
      const [, run = '', path = ''] = /^\/([^/]+)(\/.*)?$/.exec(target) ?? [];
      yield { run, request: { method, path, headers, body } };
    }
  }
}

/** Whether the connection may still be used. */
async function play(socket: Socket, step: Step): Promise<boolean> {
  if ('last' in step) {
    if (step.last === 'reset') socket.resetAndDestroy();
    if (step.last === 'end') socket.end();
    return false;
  }
  if ('pauseMs' in step) await pause(step.pauseMs);
  else if ('send' in step) await write(socket, step.send);
  else if ('flood' in step) while (await write(socket, step.flood)) await pause(1);
  else {
    for (const byte of Buffer.from(step.drip)) {
      if (!(await write(socket, Buffer.of(byte)))) break;
      await pause(step.everyMs);
    }
  }
  return socket.writable;
}

/** Writes and waits for room. False once the other side has gone. */
async function write(socket: Socket, bytes: string | Buffer): Promise<boolean> {
  if (!socket.writable) return false;
  if (socket.write(bytes)) return true;
  await Promise.race([once(socket, 'drain'), once(socket, 'close')]).catch(() => undefined);
  return socket.writable;
}
