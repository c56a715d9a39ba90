import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ProbedMedia } from '@renderq/sandbox/probe';
import { RenderFault, type RenderFaultKind } from '@renderq/sandbox/probe';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Bench, BOTH_KEYS, createBench, expectError } from '../__fixtures__/test-bench.ts';

const FILM: ProbedMedia = {
  format: 'mov,mp4,m4a,3gp,3g2,mj2',
  sizeBytes: 1_500_000,
  durationSeconds: 12.5,
  streams: [
    { index: 0, kind: 'video', codec: 'h264', width: 1920, height: 1080, framesPerSecond: 25 },
    { index: 1, kind: 'audio', codec: 'aac', sampleRateHz: 48_000, channelLayout: 'stereo' },
  ],
};

let bench: Bench;
beforeEach(async () => {
  bench = await createBench();
  bench.prober.answer = async () => FILM;
});
afterEach(() => bench.close());

describe('probe_media', () => {
  it('tells what a file at a URL is made of, in structure and in one line', async () => {
    const seen = await bench.call('probe_media', { source: 'https://cdn.test/a.mp4' });
    expect(seen.isError).toBe(false);
    expect(seen.envelope.media).toEqual(FILM);
    expect(seen.text.split('\n')[0]).toBe(
      'mov,mp4,m4a,3gp,3g2,mj2: 12.5 s, 1.5 MB; video h264 1920x1080 25 fps; audio aac 48000 Hz stereo.',
    );
    expect(bench.prober.probed).toEqual([{ url: 'https://cdn.test/a.mp4' }]);
    expect(bench.made).toEqual([]);
  });

  it('reads a file of an allowed folder through what it opened, and needs no account for it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'probe-media-'));
    await writeFile(join(folder, 'a.mp3'), 'ID3 sound');
    await bench.close();
    bench = await createBench({ RENDERQ_FILES: folder });
    bench.prober.answer = async () => FILM;
    expect((await bench.call('probe_media', { source: join(folder, 'a.mp3') })).isError).toBe(false);
    const [source] = bench.prober.probed;
    expect(source).toHaveProperty('bytes');
    expect(bench.sandbox.starts).toBe(0);
    await rm(folder, { recursive: true });
  });

  it('shows the first streams of a file with hundreds', async () => {
    bench.prober.answer = async () => ({
      ...FILM,
      streams: Array.from({ length: 300 }, (_, index) => ({ index, kind: 'data', codec: 'bin' })),
    });
    const seen = await bench.call('probe_media', { source: 'https://cdn.test/a.ts' });
    expect(seen.envelope.media?.streams).toHaveLength(30);
    expect(seen.text).toContain('296 more streams');
  });

  it.each(['film.mp4', '~/film.mp4', 'cdn.test/a.mp4'])(
    'says of %s that it is neither a URL nor a path',
    async (source) => {
      expectError(await bench.call('probe_media', { source }), 'INVALID_REQUEST', 'source');
      expect(bench.prober.probed).toEqual([]);
    },
  );

  it.each<[RenderFaultKind, string, string | undefined]>([
    ['source-blocked', 'SOURCE_UNUSABLE', 'source'],
    ['source-unreachable', 'SOURCE_UNUSABLE', 'source'],
    ['source-not-media', 'SOURCE_UNUSABLE', 'source'],
    ['failed', 'SOURCE_UNUSABLE', 'source'],
    ['engine-cannot', 'PROVIDER_UNSUPPORTED', undefined],
    ['timeout', 'WAIT_TIMEOUT', undefined],
    ['cancelled', 'CANCELLED', undefined],
    ['invalid-command', 'INTERNAL', undefined],
  ])('answers the fault %s with %s', async (kind, code, field) => {
    bench.prober.answer = () => Promise.reject(new RenderFault(kind, 'It went wrong.'));
    expectError(await bench.call('probe_media', { source: 'https://cdn.test/a.mp4' }), code, field);
  });

  it('reads no file for want of an allowed folder, and none for a remote caller', async () => {
    const closed = await bench.call('probe_media', { source: 'file:///etc/passwd' });
    expectError(closed, 'FORBIDDEN', 'source');
    expect(closed.text).toContain('RENDERQ_FILES');
    await bench.close();
    bench = await createBench({ ...BOTH_KEYS, RENDERQ_FILES: '/' }, { principal: 'ann', isLocal: false });
    expectError(await bench.call('probe_media', { source: '/etc/passwd' }), 'FORBIDDEN', 'source');
    expect(bench.prober.probed).toEqual([]);
  });
});
