import { createReadStream } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMediaProber, type MediaProber } from './media-prober.ts';
import { RenderFault } from './renderer.ts';
import { selectEngines } from './select-engine.ts';

const inTime = { signal: new AbortController().signal, timeoutMs: 60_000 };
let folder: string;
let film: string;
let server: Server;
let origin: string;
let prober: MediaProber;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'prober-'));
  film = join(folder, 'film.mp4');
  const { trusted } = await selectEngines({ pathEnv: process.env.PATH ?? '' });
  const session = await trusted.open({ workDir: folder, signal: inTime.signal, maxOutputBytes: 1e7 });
  await session.exec([
    ...['-f', 'lavfi', '-i', 'testsrc=duration=1:size=320x180:rate=25', '-f', 'lavfi', '-i', 'sine=duration=1'],
    ...['-pix_fmt', 'yuv420p', '-c:v', 'libx264', '-c:a', 'aac', 'film.mp4'],
  ]);
  await session.close();
  await trusted.close();
  server = createServer((request, response) => {
    if (request.url === '/phantomflow/output/film') createReadStream(film).pipe(response);
    else response.end('<html>');
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  origin = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
  prober = createMediaProber({ sandboxOrigins: () => [origin], maxBytes: 2_000_000 });
});
afterAll(async () => {
  await prober.close();
  server.close();
  await rm(folder, { recursive: true, force: true });
});

const fault = async (work: Promise<unknown>): Promise<RenderFault> => {
  const error = await work.catch((thrown: unknown) => thrown);
  if (error instanceof RenderFault) return error;
  throw new Error('There was no fault.');
};

describe('createMediaProber', () => {
  it.each(['native', 'wasm'] as const)('tells what a film is made of with the %s engine', async (forceEngine) => {
    const own = createMediaProber({ forceEngine });
    const seen = await own.probe({ bytes: () => createReadStream(film) }, inTime);
    await own.close();
    expect(seen).toMatchObject({
      format: expect.stringContaining('mp4'),
      durationSeconds: expect.closeTo(1, 1),
      streams: [
        { kind: 'video', codec: 'h264', width: 320, height: 180, framesPerSecond: 25 },
        { kind: 'audio', codec: 'aac', channelLayout: 'mono' },
      ],
    });
    expect(seen.sizeBytes).toBeGreaterThan(1000);
  });

  it('reads what a sandbox made, and nothing else at a private address', async () => {
    expect(await prober.probe({ url: `${origin}/phantomflow/output/film` }, inTime)).toMatchObject({
      sizeBytes: expect.any(Number),
    });
    expect((await fault(prober.probe({ url: `${origin}/_sandbox/state` }, inTime))).kind).toBe('source-blocked');
    expect((await fault(prober.probe({ url: 'http://127.0.0.1:1/a.mp4' }, inTime))).kind).toBe('source-blocked');
    expect((await fault(prober.probe({ url: 'http://169.254.169.254/latest' }, inTime))).kind).toBe('source-blocked');
    expect((await fault(prober.probe({ url: 'file:///etc/passwd' }, inTime))).kind).toBe('source-blocked');
  });

  it.each([
    ['words', 'hello'],
    ['a playlist', '#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1:1/a.ts\n'],
    ['a broken film', '\0\0\0\x18ftypisom-and-then-nothing'],
    ['nothing', ''],
  ])('says of %s that it is no media', async (_what, content) => {
    const path = join(folder, 'other');
    await writeFile(path, content);
    expect((await fault(prober.probe({ bytes: () => createReadStream(path) }, inTime))).kind).toBe('source-not-media');
  });

  it('refuses what is too large, and stops at the deadline and at an abort', async () => {
    const path = join(folder, 'large');
    await writeFile(path, Buffer.alloc(2_000_001));
    expect((await fault(prober.probe({ bytes: () => createReadStream(path) }, inTime))).message).toContain(
      'larger than 2 MB',
    );
    const late = prober.probe({ bytes: () => createReadStream(film) }, { ...inTime, timeoutMs: 1 });
    expect((await fault(late)).kind).toBe('timeout');
    const gone = prober.probe({ bytes: () => createReadStream(film) }, { ...inTime, signal: AbortSignal.abort() });
    expect((await fault(gone)).kind).toBe('cancelled');
  });

  it('looks at two sources at a time, and lets the next begin when one has ended', async () => {
    const ends: (() => void)[] = [];
    let begun = 0;
    const slow = () =>
      prober.probe(
        {
          bytes: () => {
            begun += 1;
            const held = new PassThrough();
            ends.push(() => createReadStream(film).pipe(held));
            return held;
          },
        },
        inTime,
      );
    const probes = [slow(), slow(), slow()];
    await expect.poll(() => begun).toBe(2);
    ends[0]?.();
    await probes[0];
    await expect.poll(() => begun).toBe(3);
    ends[1]?.();
    ends[2]?.();
    expect(await Promise.all(probes)).toHaveLength(3);
  });

  it('leaves nothing behind, whether it could read the source or not', async () => {
    const tempDir = await mkdtemp(join(folder, 'work-'));
    const own = createMediaProber({ tempDir });
    await own.probe({ bytes: () => createReadStream(film) }, inTime);
    await fault(own.probe({ url: 'http://127.0.0.1:1/a.mp4' }, inTime));
    await own.close();
    expect(await readdir(tempDir)).toEqual([]);
  });
});
