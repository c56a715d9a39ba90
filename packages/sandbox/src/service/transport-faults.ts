import { Readable } from 'node:stream';
import type { HttpBindings } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import type { SandboxClock } from './clock.ts';
import type { TransportAction, TransportFaultKind } from './fault-rule.ts';
import { SANDBOX_HEADER } from './mark.ts';

const PROXY_PAGE = '<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>\n';

/** The socket of a call; absent when the app is called in process. */
export type SocketBindings = Partial<HttpBindings>;

/** These spoil an answer, so the call is carried out first. */
const NEEDS_ANSWER: readonly TransportFaultKind[] = ['reset-body', 'truncate', 'half-json', 'drip', 'wrong-type'];

/** Whether the call is carried out and its answer alone suffers. */
export function comesAfter({ transport, when }: TransportAction): boolean {
  return when === 'after' || NEEDS_ANSWER.includes(transport);
}

/** An answer that stands in for the service's own, where the fault has one. */
export function standInFor(transport: TransportFaultKind, rateRefusal: () => Response): Response | undefined {
  if (transport === 'html502') {
    return new Response(PROXY_PAGE, { status: 502, headers: { 'content-type': 'text/html' } });
  }
  if (transport === 'bad-retry-after') return withHeader(rateRefusal(), 'retry-after', 'a little while');
  return undefined;
}

export interface BrokenCall {
  readonly bindings: SocketBindings | undefined;
  readonly clock: SandboxClock;
  /** What would have been sent; absent where the fault comes before the call is carried out. */
  readonly answer?: Response;
}

/** Breaks a call on the wire. */
export async function breakTransport(action: TransportAction, call: BrokenCall): Promise<Response> {
  const { transport } = action;
  const { answer } = call;
  if (answer && transport === 'wrong-type') return withHeader(answer, 'content-type', 'text/html; charset=utf-8');
  if (answer && transport === 'half-json') return halved(answer);
  if (answer && transport === 'drip') return dripped(answer, action.overMs ?? DRIP_MS, call.clock);

  const { incoming, outgoing } = call.bindings ?? {};
  if (!incoming || !outgoing) {
    throw new Error(`A call without a socket cannot suffer the transport fault "${transport}".`);
  }
  if (answer && (transport === 'truncate' || transport === 'reset-body')) await sendHalf(answer, outgoing);
  if (transport === 'stall') await new Promise<void>((resolve) => incoming.socket.once('close', () => resolve()));
  else if (transport === 'truncate') incoming.socket.destroySoon();
  else incoming.socket.resetAndDestroy();
  return RESPONSE_ALREADY_SENT.clone();
}

function withHeader(answer: Response, name: string, value: string): Response {
  const changed = new Response(answer.body, answer);
  changed.headers.set(name, value);
  return changed;
}

/** A whole message by HTTP's count, and half of one by JSON's. */
async function halved(answer: Response): Promise<Response> {
  const body = Buffer.from(await answer.arrayBuffer());
  const headers = new Headers(answer.headers);
  headers.delete('content-length');
  return new Response(body.subarray(0, Math.floor(body.length / 2)), { status: answer.status, headers });
}

const DRIP_MS = 5000;
const DRIPS = 20;

/** The whole answer, in twenty pieces with equal pauses on the sandbox clock. */
async function dripped(answer: Response, overMs: number, clock: SandboxClock): Promise<Response> {
  const body = Buffer.from(await answer.arrayBuffer());
  const size = Math.max(1, Math.ceil(body.length / DRIPS));
  const pieces = Math.ceil(body.length / size);
  async function* drip() {
    for (let piece = 0; piece < pieces; piece += 1) {
      await new Promise<void>((wake) => clock.after(overMs / pieces, wake));
      yield body.subarray(piece * size, (piece + 1) * size);
    }
  }
  const stream = Readable.toWeb(Readable.from(drip(), { objectMode: false })) as ReadableStream<Uint8Array>;
  return new Response(stream, answer);
}

/** Promises the whole body, sends half of it. */
async function sendHalf(answer: Response, outgoing: HttpBindings['outgoing']): Promise<void> {
  const body = Buffer.from(await answer.arrayBuffer());
  const headers = { ...Object.fromEntries(answer.headers), [SANDBOX_HEADER]: '1', 'content-length': body.length };
  outgoing.writeHead(answer.status, headers);
  await new Promise<void>((resolve) => outgoing.write(body.subarray(0, Math.floor(body.length / 2)), () => resolve()));
}
