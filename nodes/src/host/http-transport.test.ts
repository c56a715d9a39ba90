import { Readable } from 'node:stream';
import { type HttpRequest, TransportError } from '@renderq/core';
import type { IHttpRequestOptions } from 'n8n-workflow';
import { describe, expect, it } from 'vitest';
import { createFakeHost } from '../testing/fake-host.ts';
import { createManualClock, settled } from '../testing/manual-clock.ts';
import type { HostRequest } from './http-port.ts';
import { createHostTransport } from './http-transport.ts';

const REQUEST: HttpRequest = {
  method: 'POST',
  url: 'https://api.example/api/render',
  headers: { 'x-api-key': 'secret' },
  body: '{"scenes":[]}',
  timeoutMs: 30_000,
};

const send = (request: HostRequest, clock = createManualClock()) => createHostTransport(request, clock);

async function faultOf(sent: Promise<unknown>) {
  const error = await sent.then(
    () => expect.unreachable(),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof TransportError)) throw error;
  return error.fault;
}

describe('HTTP over the plain helper', () => {
  it('asks for the bare answer as a stream: no status error, no redirect, no credential of n8n', async () => {
    const host = createFakeHost(() => ({ status: 429, headers: { 'Retry-After': '7' }, body: { error: 'slow down' } }));
    const answer = await send(host.request)(REQUEST);
    expect(answer).toEqual({ status: 429, headers: { 'retry-after': '7' }, body: '{"error":"slow down"}' });
    expect(host.seen[0]?.options).toMatchObject({
      method: 'POST',
      url: REQUEST.url,
      body: REQUEST.body,
      headers: { 'x-api-key': 'secret', 'accept-encoding': 'identity' },
      encoding: 'stream',
      returnFullResponse: true,
      ignoreHttpStatusErrors: true,
      disableFollowRedirect: true,
    } satisfies Partial<IHttpRequestOptions>);
  });

  it('leaves no timer behind once it is answered', async () => {
    const clock = createManualClock();
    await send(createFakeHost(() => ({ body: 'ok' })).request, clock)(REQUEST);
    await settled();
    expect(clock.sleeping).toBe(0);
  });

  it('joins characters that arrive in pieces', async () => {
    const [first, ...rest] = Buffer.from('é€');
    const body = Readable.from([Buffer.from([first ?? 0]), Buffer.from(rest)]);
    expect((await send(createFakeHost(() => ({ body })).request)(REQUEST)).body).toBe('é€');
  });

  it('stops reading after 8 MiB', async () => {
    let made = 0;
    const endless = Readable.from(
      (function* () {
        for (;;) {
          made += 1;
          yield new Uint8Array(1024 * 1024);
        }
      })(),
    );
    const fault = await faultOf(send(createFakeHost(() => ({ body: endless })).request)(REQUEST));
    expect(fault).toMatchObject({ kind: 'too-large', sent: 'maybe-sent' });
    expect(made).toBeLessThan(40);
    expect(endless.destroyed).toBe(true);
  });

  it.each(['before the head', 'within the body'])('gives up at the deadline %s', async (when) => {
    const clock = createManualClock();
    const silent = new Readable({ read: () => undefined });
    const host = createFakeHost(() => (when === 'within the body' ? { body: silent } : new Promise(() => undefined)));
    const fault = faultOf(send(host.request, clock)(REQUEST));
    await settled();
    await clock.advance(29_999);
    expect(host.seen[0]?.options.abortSignal).toMatchObject({ aborted: false });
    await clock.advance(1);
    expect(await fault).toEqual({ kind: 'timeout', sent: 'maybe-sent', message: 'no answer within 30000 ms' });
    expect(host.seen[0]?.options.abortSignal).toMatchObject({ aborted: true });
  });

  it('ends with its caller, and sends nothing for one that is gone already', async () => {
    const over = new AbortController();
    const host = createFakeHost(() => new Promise(() => undefined));
    const fault = faultOf(send(host.request)({ ...REQUEST, signal: over.signal }));
    await settled();
    over.abort();
    expect(await fault).toMatchObject({ kind: 'aborted', sent: 'maybe-sent' });
    await faultOf(send(host.request)({ ...REQUEST, signal: over.signal }));
    expect(host.seen).toHaveLength(1);
  });

  class NodeApiError extends Error {
    readonly httpCode: string;
    constructor(httpCode: string, cause?: unknown) {
      super('Authorization: Bearer secret', { cause });
      this.httpCode = httpCode;
    }
  }
  const coded = (code: string) => Object.assign(new Error('x-api-key: secret'), { code });
  class SsrfBlockedIpError extends Error {}

  it.each([
    ['n8n, refused', new NodeApiError('ECONNREFUSED'), 'connect', 'not-sent'],
    ['n8n, no such name', new NodeApiError('ENOTFOUND'), 'connect', 'not-sent'],
    ['n8n, around axios', new NodeApiError('', coded('ECONNRESET')), 'reset', 'maybe-sent'],
    ['axios, a certificate', coded('DEPTH_ZERO_SELF_SIGNED_CERT'), 'connect', 'not-sent'],
    ['axios, aborted by the wire', coded('ECONNABORTED'), 'reset', 'maybe-sent'],
    ['axios, timed out', coded('ETIMEDOUT'), 'timeout', 'maybe-sent'],
    ['all addresses refused', new AggregateError([coded('ECONNREFUSED'), coded('ENETUNREACH')]), 'connect', 'not-sent'],
    ['one address reset', new AggregateError([coded('ECONNREFUSED'), coded('ECONNRESET')]), 'reset', 'maybe-sent'],
    ["n8n's guard", new SsrfBlockedIpError('10.0.0.1'), 'connect', 'not-sent'],
    ['a status as text', new NodeApiError('429'), 'other', 'maybe-sent'],
    ['something unknown', 'secret', 'other', 'maybe-sent'],
  ] as const)('tells a fault of %s by its code alone', async (_name, thrown, kind, sent) => {
    const fault = await faultOf(send(() => Promise.reject(thrown))(REQUEST));
    expect(fault).toMatchObject({ kind, sent });
    expect(JSON.stringify(fault)).not.toContain('secret');
  });

  it('takes an answer of another shape for a fault', async () => {
    expect(await faultOf(send(async () => ({ ok: true }))(REQUEST))).toMatchObject({ kind: 'other' });
  });
});
