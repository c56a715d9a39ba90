import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { fileSource } from '../../host/file-source.ts';
import { nodePorts } from '../../node.ts';
import type { UploadSource } from '../../ports/upload-source.ts';
import { rejection } from '../../testing/scripted-client.ts';
import {
  type StorageStandIn,
  type StorageStandInOptions,
  startStorageStandIn,
} from '../../testing/storage-stand-in.ts';
import { bytesSource, createRendobarClient, type RendobarClient, type RendobarUploadState } from './index.ts';

const KEY = 'rb_key_that_stays_at_home';
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const opened: { close(): Promise<void> }[] = [];

afterEach(async () => {
  for (const entry of opened.splice(0)) await entry.close();
});

async function open(options: StorageStandInOptions = {}): Promise<{ stand: StorageStandIn; client: RendobarClient }> {
  const stand = await startStorageStandIn(options);
  opened.push(stand);
  // No jitter: repeats follow at once.
  const ports = { ...nodePorts(), random: () => 0 };
  const limits = { requestsPerMinute: 6000 };
  return { stand, client: createRendobarClient({ apiKey: KEY, baseUrl: stand.url, limits }, ports) };
}

const CONTENT = randomBytes(4_500);

describe('uploading', () => {
  it('sends a small file in one piece, with its type and without the API key', async () => {
    const { stand, client } = await open();
    const asset = await client.assets.upload(bytesSource(CONTENT.subarray(0, 900), 'a.mp4'));
    expect(asset).toMatchObject({ id: 'asset_0', status: 'ready' });
    expect(stand.completed.get('asset_0')).toEqual({ sha256: sha256(CONTENT.subarray(0, 900)), size: 900 });
    expect(stand.log).toEqual(['POST /assets', 'PUT 0/1', 'POST /assets/asset_0/complete']);
    expect(stand.bodies).toEqual([
      {
        filename: 'a.mp4',
        size: 900,
        contentType: 'video/mp4',
        lifecycle: 'ephemeral',
        checksum: sha256(CONTENT.subarray(0, 900)),
      },
      {},
    ]);
    expect(stand.storageHeaders[0]).toMatchObject({ 'content-type': 'video/mp4', 'content-length': '900' });
    expect(JSON.stringify(stand.storageHeaders)).not.toContain(KEY);
    expect(stand.storageHeaders[0]).not.toHaveProperty('authorization');
  });

  it('sends an empty file', async () => {
    const { stand, client } = await open();
    await client.assets.upload(bytesSource(new Uint8Array(), 'empty.srt'));
    expect(stand.completed.get('asset_0')?.size).toBe(0);
  });

  it('sends a large file in parts and tells their ETags', async () => {
    const { stand, client } = await open();
    const progress: number[] = [];
    await client.assets.upload(bytesSource(CONTENT, 'a.mp4'), {
      onProgress: ({ sentBytes, totalBytes }) => progress.push(sentBytes / totalBytes),
    });
    expect(stand.completed.get('asset_0')).toEqual({ sha256: sha256(CONTENT), size: 4_500 });
    expect(stand.bodies.at(-1)).toEqual({
      parts: [1, 2, 3, 4, 5].map((partNumber) => ({ partNumber, etag: `"0-${partNumber}"` })),
    });
    expect(progress.at(-1)).toBe(1);
  });

  it('does not send content that is there already', async () => {
    const { stand, client } = await open();
    const first = await client.assets.upload(bytesSource(CONTENT, 'a.mp4'));
    const again = await client.assets.upload(bytesSource(CONTENT, 'b.mp4'));
    expect(again.id).toBe(first.id);
    expect(stand.log.filter((line) => line.startsWith('PUT'))).toHaveLength(5);
    await client.assets.upload(bytesSource(CONTENT, 'c.mp4'), { checksum: false });
    expect(stand.log.filter((line) => line.startsWith('PUT'))).toHaveLength(10);
  });

  it('sends again only the part whose connection broke in the middle', async () => {
    const { stand, client } = await open({
      onPut: ({ part, tries }) => (part === 3 && tries <= 2 ? 'cut' : part === 4 && tries === 1 ? 503 : undefined),
    });
    await client.assets.upload(bytesSource(CONTENT, 'a.mp4'));
    expect(stand.completed.get('asset_0')?.sha256).toBe(sha256(CONTENT));
    const puts = stand.log.filter((line) => line.startsWith('PUT')).sort();
    expect(puts).toEqual(['PUT 0/1', 'PUT 0/2', 'PUT 0/3', 'PUT 0/3', 'PUT 0/3', 'PUT 0/4', 'PUT 0/4', 'PUT 0/5']);
  });

  it('gives up on a part that never goes through, telling no signed link', async () => {
    const { stand, client } = await open({ onPut: ({ part }) => (part === 2 ? 500 : undefined) });
    const error = await rejection(client.assets.upload(bytesSource(CONTENT, 'a.mp4')));
    expect(error.record).toMatchObject({ code: 'PROVIDER_ERROR', httpStatus: 500, attempts: 5 });
    expect(JSON.stringify(error)).not.toContain('t0psecretsignature');
    expect(error.message).toContain(stand.storageHost);
  });

  it('asks for new links once when the storage refuses the old ones', async () => {
    const { stand, client } = await open({
      onPut: ({ session, part }) => (session === 0 && part === 2 ? 403 : undefined),
    });
    const asset = await client.assets.upload(bytesSource(CONTENT, 'a.mp4'));
    expect(asset.id).toBe('asset_1');
    expect(stand.completed.get('asset_1')?.sha256).toBe(sha256(CONTENT));

    const closed = await open({ onPut: () => 403 });
    const error = await rejection(closed.client.assets.upload(bytesSource(CONTENT, 'a.mp4')));
    expect(error.code).toBe('FORBIDDEN');
    expect(closed.stand.log.filter((line) => line === 'POST /assets')).toHaveLength(2);
  });

  it('goes on where an earlier upload stopped', async () => {
    let isBroken = true;
    const { stand, client } = await open({ onPut: ({ part }) => (isBroken && part >= 4 ? 400 : undefined) });
    const states: RendobarUploadState[] = [];
    const source = bytesSource(CONTENT, 'a.mp4');
    const options = { concurrency: 1, onState: (state: RendobarUploadState) => states.push(state) };
    expect((await rejection(client.assets.upload(source, options))).code).toBe('BAD_RESPONSE');
    expect(states).toHaveLength(4);

    isBroken = false;
    const kept: RendobarUploadState = JSON.parse(JSON.stringify(states.at(-1)));
    const before = stand.log.length;
    await client.assets.upload(source, { resume: kept });
    expect(stand.log.slice(before).sort()).toEqual(['POST /assets/asset_0/complete', 'PUT 0/4', 'PUT 0/5']);
    expect(stand.completed.get('asset_0')?.sha256).toBe(sha256(CONTENT));
    // Completing may be repeated: nothing is sent again.
    const whole = { ...kept, parts: kept.parts.map((part) => ({ ...part, etag: `"0-${part.partNumber}"` })) };
    await client.assets.upload(source, { resume: whole });
    expect(stand.log.at(-1)).toBe('POST /assets/asset_0/complete');
  });

  it('begins anew where the links of an earlier upload have expired, and refuses another file', async () => {
    const { stand, client } = await open();
    const states: RendobarUploadState[] = [];
    await client.assets.upload(bytesSource(CONTENT, 'a.mp4'), {
      checksum: false,
      onState: (state) => states.push(state),
    });
    const [begun] = states;
    if (begun === undefined) throw new Error('no state');
    const old = { ...begun, expiresAt: Date.now() - 1 };
    expect((await client.assets.upload(bytesSource(CONTENT, 'a.mp4'), { checksum: false, resume: old })).id).toBe(
      'asset_1',
    );

    const other = bytesSource(CONTENT.subarray(1), 'a.mp4');
    const error = await rejection(client.assets.upload(other, { resume: begun }));
    expect(error.record).toMatchObject({ code: 'INVALID_REQUEST', field: 'resume' });
    expect(stand.log.filter((line) => line === 'POST /assets')).toHaveLength(2);
  });

  it('stops every part when the caller goes away', async () => {
    const leave = new AbortController();
    const { stand, client } = await open({
      onPut: ({ part }) => {
        if (part === 1) leave.abort();
        return undefined;
      },
    });
    const source = bytesSource(CONTENT, 'a.mp4');
    const error = await rejection(client.assets.upload(source, { concurrency: 1, signal: leave.signal }));
    expect(error.code).toBe('CANCELLED');
    expect(stand.log).toEqual(['POST /assets', 'PUT 0/1']);
  });

  it('keeps to the parts at a time that were asked for', async () => {
    let running = 0;
    let most = 0;
    const source: UploadSource = {
      filename: 'a.mp4',
      size: CONTENT.length,
      async *read(start, end) {
        running += 1;
        most = Math.max(most, running);
        await new Promise((resolve) => setImmediate(resolve));
        yield CONTENT.subarray(start, end);
        running -= 1;
      },
    };
    const { client } = await open();
    await client.assets.upload(source, { concurrency: 2, checksum: false });
    expect(most).toBe(2);
  });

  it.each([0, 33, 1.5])('refuses a concurrency of %s', async (concurrency) => {
    const { client } = await open();
    const error = await rejection(client.assets.upload(bytesSource(CONTENT, 'a.mp4'), { concurrency }));
    expect(error.record).toMatchObject({ code: 'INVALID_REQUEST', field: 'concurrency' });
  });

  it('tells of a source that gives another number of bytes, without sending it again and again', async () => {
    const { stand, client } = await open();
    const short: UploadSource = { ...bytesSource(CONTENT.subarray(0, 500), 'a.mp4'), size: 900 };
    const error = await rejection(client.assets.upload(short, { checksum: false }));
    expect(error.record).toMatchObject({ code: 'INVALID_REQUEST', field: 'source' });
    expect(stand.log.filter((line) => line.startsWith('PUT')).length).toBeLessThanOrEqual(1);
  });
});

describe('beginning an upload', () => {
  const source = bytesSource(CONTENT.subarray(0, 900), 'a.mp4');
  const begun = (log: readonly string[]) => log.filter((line) => line === 'POST /assets').length;

  it.each([
    ['an answer without links', [201, { status: 'presigned', data: { id: 'asset_0' } }], 'BAD_RESPONSE'],
    ['an answer that is no asset', [201, { ok: true }], 'BAD_RESPONSE'],
    ['a page of a gateway', [502, 'bad gateway'], 'PROVIDER_ERROR'],
    ['a connection that breaks', 'cut', 'NETWORK'],
  ] as const)('makes one asset at most, also after %s', async (_what, reply, code) => {
    const { stand, client } = await open({ onBegin: () => reply });
    const error = await rejection(client.assets.upload(source));
    expect(error.record).toMatchObject({ code, retryable: false, remedy: expect.stringContaining('assets.list') });
    expect(begun(stand.log)).toBe(1);
  });

  it('is repeated where it was refused before anything was made', async () => {
    const busy = [429, { error: { code: 'RATE_LIMITED', message: 'slow down', retryAfter: 0 } }] as const;
    const { stand, client } = await open({ onBegin: (index) => (index === 0 ? busy : undefined) });
    await client.assets.upload(source);
    expect(begun(stand.log)).toBe(2);
  });

  it('sends nothing under a link that would take the key to the storage', async () => {
    const { stand, client } = await open({
      onBegin: () => [
        201,
        {
          status: 'presigned',
          data: { id: 'asset_0' },
          upload: { method: 'PUT', url: `http://localhost:1/up?as=${Buffer.from(`${KEY}:`).toString('base64')}` },
        },
      ],
    });
    const error = await rejection(client.assets.upload(source));
    expect(error.record).toMatchObject({ code: 'BAD_RESPONSE', message: expect.stringContaining('API key') });
    expect(stand.log).toEqual(['POST /assets']);
  });
});

describe('a file as a source', () => {
  it('is read in ranges, and refused when it changes meanwhile', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'renderq-'));
    opened.push({ close: () => rm(folder, { recursive: true }) });
    const path = join(folder, 'movie.mp4');
    await writeFile(path, CONTENT);
    const source = await fileSource(path);
    expect(source).toMatchObject({ filename: 'movie.mp4', size: 4_500 });
    const { stand, client } = await open();
    await client.assets.upload(source);
    expect(stand.completed.get('asset_0')?.sha256).toBe(sha256(CONTENT));

    await writeFile(path, CONTENT.subarray(0, 4_000));
    const error = await rejection(client.assets.upload(source, { checksum: false }));
    expect(error.record).toMatchObject({ code: 'INVALID_REQUEST', field: 'source' });
    expect(error.message).toContain('changed');
  });
});
