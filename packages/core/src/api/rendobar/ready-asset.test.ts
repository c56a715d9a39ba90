import { describe, expect, it } from 'vitest';
import type { Transfer } from '../../ports/transfer.ts';
import { inTurn } from '../../testing/answers.ts';
import { setRendobarStage } from '../../testing/rendobar-stage.ts';
import { rejection } from '../../testing/scripted-client.ts';
import { START_MS } from '../../testing/virtual-clock.ts';
import { bytesSource } from './index.ts';

const source = bytesSource(new Uint8Array(900), 'a.mp4');

/** A storage that takes everything. */
const transfer: Transfer = {
  upload: async ({ body }) => {
    for await (const _chunk of body);
    return { status: 200, headers: { etag: '"e"' }, body: '' };
  },
  download: () => Promise.reject(new Error('nothing is downloaded here')),
};

const data = (status?: string) => ({ id: 'asset_1', url: 'https://api.example/assets/asset_1/content', status });
const begun = {
  status: 201,
  body: {
    status: 'presigned',
    data: data('pending'),
    upload: { method: 'PUT', url: 'https://storage.example/put?s=1' },
  },
};

/** An upload that is completed, after which its asset is told to be in these states, the last one for ever. */
function open(...states: readonly (string | undefined)[]) {
  return setRendobarStage(inTurn(begun, ...states.map((status) => ({ body: { data: data(status) } }))), {
    ports: { transfer },
  });
}

const LOOK = 'GET /assets/asset_1';

describe('an upload that is complete', () => {
  it('is given once it is ready, and looked at until then, more and more rarely', async () => {
    const { client, clock, wire } = open('pending', 'pending', 'processing', 'ready');
    const asset = await clock.run(client.assets.upload(source));
    expect(asset).toMatchObject({ id: 'asset_1', status: 'ready', url: data().url });
    expect(wire.log()).toEqual(['POST /assets', 'POST /assets/asset_1/complete', LOOK, LOOK, LOOK]);
    const [, ...times] = wire.requests.map(({ at }) => at);
    expect(times.slice(1).map((at, index) => Math.round((at - (times[index] ?? 0)) / 1_000))).toEqual([1, 2, 4]);
  });

  it('is looked at too where the content was there already', async () => {
    const known = { status: 200, body: { status: 'deduplicated', data: data('pending') } };
    const { client, clock, wire } = setRendobarStage(inTurn(known, { body: { data: data('ready') } }), {
      ports: { transfer },
    });
    expect(await clock.run(client.assets.upload(source))).toMatchObject({ id: 'asset_1', status: 'ready' });
    expect(wire.log()).toEqual(['POST /assets', LOOK]);
  });

  it.each(['pending', 'processing', 'a word of next year'])(
    'and stays "%s" for a minute is no asset',
    async (status) => {
      const { client, clock, wire } = open(status);
      const error = await clock.run(rejection(client.assets.upload(source)));
      expect(error.record).toMatchObject({ code: 'WAIT_TIMEOUT', provider: 'rendobar' });
      expect(error.message).toContain(`asset_1 is still "${status}"`);
      expect(wire.log().filter((line) => line === LOOK)).toHaveLength(7);
      expect(clock.now() - START_MS).toBeGreaterThanOrEqual(60_000);
      expect(clock.now() - START_MS).toBeLessThan(62_000);
    },
  );

  it('and has failed is not waited for', async () => {
    const { client, clock, wire } = open('pending', 'failed');
    const error = await clock.run(rejection(client.assets.upload(source)));
    expect(error.record).toMatchObject({ code: 'SOURCE_UNUSABLE', field: 'source', retryable: false });
    expect(wire.log().filter((line) => line === LOOK)).toHaveLength(1);
  });

  it('is taken as ready where the answer gives no status', async () => {
    const { client, clock, wire } = open(undefined);
    expect((await clock.run(client.assets.upload(source))).id).toBe('asset_1');
    expect(wire.log()).toHaveLength(2);
  });

  it('is not waited for when the caller goes away', async () => {
    const leave = new AbortController();
    const { client, clock } = open('pending');
    const upload = rejection(client.assets.upload(source, { signal: leave.signal }));
    await clock.advance(500);
    leave.abort();
    expect((await upload).code).toBe('CANCELLED');
    expect(clock.pending).toBe(0);
  });
});
