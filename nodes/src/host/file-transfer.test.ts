import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { TransportError } from '@renderq/core';
import { describe, expect, it } from 'vitest';
import { createFakeHost } from '../testing/fake-host.ts';
import { createManualClock, settled } from '../testing/manual-clock.ts';
import { createHostTransfer } from './file-transfer.ts';
import type { HostRequest } from './http-port.ts';

const PUT = {
  url: 'https://storage.example/part?sig=1',
  headers: { 'content-type': 'video/mp4' },
  idleTimeoutMs: 60_000,
};
const GET = { url: 'https://cdn.example/out.mp4', headers: {}, idleTimeoutMs: 60_000 };

async function* chunks(...given: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const chunk of given) yield Buffer.from(chunk);
}

async function faultOf(moved: Promise<unknown>) {
  const error: unknown = await moved.then(
    () => expect.unreachable(),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof TransportError)) throw error;
  return error.fault;
}

const textOf = async (body: AsyncIterable<Uint8Array>) => (await buffer(body)).toString();

describe('an upload', () => {
  /** A storage that reads the whole body before it answers. */
  const storing =
    (into: string[], status = 200): HostRequest =>
    async (options) => {
      into.push(await textOf(options.body as unknown as Readable));
      return { statusCode: status, headers: { ETag: '"e1"' }, body: Readable.from([]) };
    };

  it('streams the body with its length, and gives the answer whatever its status', async () => {
    const stored: string[] = [];
    const host = createFakeHost(() => ({}));
    const transfer = createHostTransfer(storing(stored, 403), createManualClock());
    const answer = await transfer.upload({ ...PUT, body: chunks('ab', 'cd'), length: 4 });
    expect(answer).toEqual({ status: 403, headers: { etag: '"e1"' }, body: '' });
    expect(stored).toEqual(['abcd']);
    await createHostTransfer(host.request, createManualClock()).upload({ ...PUT, body: chunks(), length: 0 });
    expect(host.seen[0]?.options).toMatchObject({
      method: 'PUT',
      headers: { 'content-length': '0' },
      disableFollowRedirect: true,
    });
    expect(host.seen[0]?.options).not.toHaveProperty('body');
  });

  it('fails as its source does', async () => {
    const broken = new Error('the store is gone');
    const body = (async function* () {
      yield new Uint8Array(1);
      throw broken;
    })();
    const upload = createHostTransfer(storing([]), createManualClock()).upload({ ...PUT, body, length: 9 });
    await expect(upload).rejects.toBe(broken);
  });

  it('is given up when no byte moves, however long a transfer in motion takes', async () => {
    const clock = createManualClock();
    const gate = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const body = (async function* () {
      for (const { promise } of gate) {
        yield new Uint8Array(1);
        await promise;
      }
    })();
    const fault = faultOf(createHostTransfer(storing([]), clock).upload({ ...PUT, body, length: 2 }));
    await settled();
    await clock.advance(59_000);
    gate[0]?.resolve();
    await settled();
    await clock.advance(59_000);
    await clock.advance(2_000);
    expect(await fault).toMatchObject({ kind: 'timeout', sent: 'maybe-sent' });
    await settled();
    expect(clock.sleeping).toBe(0);
  });
});

describe('a download', () => {
  it('gives the head at once and the bytes as they come', async () => {
    const host = createFakeHost(() => ({ status: 206, headers: { 'Content-Range': 'bytes 2-3/4' }, body: 'cd' }));
    const clock = createManualClock();
    const answer = await createHostTransfer(host.request, clock).download({ ...GET, headers: { range: 'bytes=2-' } });
    expect([answer.status, answer.headers]).toEqual([206, { 'content-range': 'bytes 2-3/4' }]);
    expect(await textOf(answer.body)).toBe('cd');
    expect(host.seen[0]?.options.headers).toEqual({ range: 'bytes=2-', 'accept-encoding': 'identity' });
    await settled();
    expect(clock.sleeping).toBe(0);
  });

  it('holds no more of a large file than what is being read', async () => {
    let made = 0;
    const body = Readable.from(
      (function* () {
        for (; made < 500; made += 1) yield new Uint8Array(64 * 1024);
      })(),
    );
    const answer = await createHostTransfer(createFakeHost(() => ({ body })).request, createManualClock()).download(
      GET,
    );
    let read = 0;
    for await (const _chunk of answer.body) {
      read += 1;
      expect(made - read).toBeLessThan(20);
    }
    expect(read).toBe(500);
  });

  it('is given up when no byte comes, but not while its reader takes its time', async () => {
    const clock = createManualClock();
    const body = new Readable({ read: () => undefined });
    body.push(Buffer.from('a'));
    const answer = await createHostTransfer(createFakeHost(() => ({ body })).request, clock).download(GET);
    const reader = answer.body[Symbol.asyncIterator]();
    await clock.advance(300_000);
    expect((await reader.next()).value).toEqual(Buffer.from('a'));
    await clock.advance(300_000);
    const fault = faultOf(reader.next());
    await settled();
    await clock.advance(121_000);
    expect(await fault).toMatchObject({ kind: 'timeout' });
    expect(body.destroyed).toBe(true);
  });

  it('ends with its caller, and closes the connection of what is not wanted', async () => {
    const over = new AbortController();
    const clock = createManualClock();
    const silent = () => new Readable({ read: () => undefined });
    const [first, second] = [silent(), silent()];
    const bodies = [first, second];
    const transfer = createHostTransfer(createFakeHost((_, at) => ({ body: bodies[at] })).request, clock);
    const answer = await transfer.download({ ...GET, signal: over.signal });
    const fault = faultOf(textOf(answer.body));
    await settled();
    over.abort();
    expect(await fault).toMatchObject({ kind: 'aborted' });
    expect(first.destroyed).toBe(true);
    (await transfer.download(GET)).discard();
    expect(second.destroyed).toBe(true);
    await settled();
    expect(clock.sleeping).toBe(0);
  });

  it('tells of a connection that breaks as a fault of the wire', async () => {
    const body = new Readable({ read: () => undefined });
    const answer = await createHostTransfer(createFakeHost(() => ({ body })).request, createManualClock()).download(
      GET,
    );
    const fault = faultOf(textOf(answer.body));
    await settled();
    body.destroy(Object.assign(new Error('read'), { code: 'ECONNRESET' }));
    expect(await fault).toEqual({ kind: 'reset', sent: 'maybe-sent', message: 'ECONNRESET' });
  });
});
