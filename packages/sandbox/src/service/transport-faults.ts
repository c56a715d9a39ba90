import type { HttpBindings } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import type { TransportFaultKind } from './fault-rule.ts';

const PROXY_PAGE = '<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>\n';

/** The socket of a call; absent when the app is called in process. */
export type SocketBindings = Partial<HttpBindings>;

/** Breaks a call on the wire. `answer` is what would have been sent, for `truncate`. */
export async function breakTransport(
  kind: TransportFaultKind,
  bindings: SocketBindings | undefined,
  answer?: Response,
): Promise<Response> {
  if (kind === 'html502') {
    return new Response(PROXY_PAGE, { status: 502, headers: { 'content-type': 'text/html' } });
  }
  const { incoming, outgoing } = bindings ?? {};
  if (!incoming || !outgoing) throw new Error(`A call without a socket cannot suffer the transport fault "${kind}".`);
  if (kind === 'truncate' && answer) await sendHalf(answer, outgoing);
  if (kind === 'stall') await new Promise<void>((resolve) => incoming.socket.once('close', () => resolve()));
  else if (kind === 'reset') incoming.socket.resetAndDestroy();
  else incoming.socket.destroySoon();
  return RESPONSE_ALREADY_SENT.clone();
}

/** Promises the whole body, sends half of it. */
async function sendHalf(answer: Response, outgoing: HttpBindings['outgoing']): Promise<void> {
  const body = Buffer.from(await answer.arrayBuffer());
  outgoing.writeHead(answer.status, { ...Object.fromEntries(answer.headers), 'content-length': body.length });
  await new Promise<void>((resolve) => outgoing.write(body.subarray(0, Math.floor(body.length / 2)), () => resolve()));
}
