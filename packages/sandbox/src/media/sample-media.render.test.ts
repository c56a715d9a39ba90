import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../engine/engine.ts';
import { probeFile } from '../engine/media-info.ts';
import { selectEngines } from '../engine/select-engine.ts';
import { DEMUXERS, sniffMediaKind } from './media-kind.ts';
import { createSampleLibrary } from './sample-media.ts';
import { resolveSample, type SampleSpec } from './sample-spec.ts';

let engine: Engine;
let cacheDir: string;
beforeAll(async () => {
  engine = (await selectEngines({ pathEnv: '', forceEngine: 'wasm' })).trusted;
  cacheDir = await mkdtemp(join(tmpdir(), 'samples-'));
});
afterAll(async () => {
  await engine.close();
  await rm(cacheDir, { recursive: true, force: true });
});

const specOf = (name: string): SampleSpec => {
  const spec = resolveSample(`https://cdn.example.com/${name}`);
  if (spec === undefined) throw new Error(`${name} is no sample`);
  return spec;
};

describe('sample media', () => {
  it.each([
    ['a.mp4', { durationSeconds: expect.closeTo(5, 1), width: 1280, height: 720, hasVideo: true, hasAudio: true }],
    ['a.mov', { width: 1280, hasAudio: true }],
    ['a.mkv', { width: 1280, hasAudio: true }],
    ['a.webm', { width: 1280, hasAudio: true }],
    ['a.mp3', { durationSeconds: expect.closeTo(5, 1), hasVideo: false, hasAudio: true }],
    ['a.wav', { hasAudio: true }],
    ['a.m4a', { hasAudio: true }],
    ['a.flac', { hasAudio: true }],
    ['a.ogg', { hasAudio: true }],
    ['a.png', { width: 1280, height: 720 }],
    ['a.jpg', { width: 1280, height: 720 }],
    ['a.webp', { width: 1280, height: 720 }],
  ])('%s is what its name says', async (name, expected) => {
    const library = createSampleLibrary(engine, cacheDir);
    const path = await library.pathOf(specOf(name));
    const kind = sniffMediaKind(await readFile(path));
    expect(kind !== undefined && DEMUXERS[kind]).toBeTruthy();
    const session = await engine.open({ workDir: cacheDir, signal: new AbortController().signal, maxOutputBytes: 1 });
    try {
      expect(await probeFile(session, specOf(name).fileName)).toMatchObject(expected);
    } finally {
      await session.close();
    }
  });

  it.each(['a.srt', 'a.vtt'])('%s is subtitles', async (name) => {
    const path = await createSampleLibrary(engine, cacheDir).pathOf(specOf(name));
    expect(sniffMediaKind(await readFile(path))).toBe(name.slice(2));
  });

  it('makes a sample once for all who ask, always with the same bytes, and leaves no work folder', async () => {
    const [one, other] = [await mkdtemp(join(cacheDir, 'one-')), await mkdtemp(join(cacheDir, 'other-'))];
    const library = createSampleLibrary(engine, one);
    const spec = specOf('same.mp3');
    const paths = await Promise.all([library.pathOf(spec), library.pathOf(spec), library.pathOf(spec)]);
    expect(new Set(paths).size).toBe(1);
    expect(await readdir(one)).toEqual([spec.fileName]);
    const again = await createSampleLibrary(engine, other).pathOf(spec);
    expect((await readFile(again)).equals(await readFile(paths[0] ?? ''))).toBe(true);
  });
});
