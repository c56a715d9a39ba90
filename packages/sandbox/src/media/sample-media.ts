import { access, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Engine } from '../engine/engine.ts';
import { RenderFault } from '../engine/renderer.ts';
import { drawSamplePicture } from './sample-picture.ts';
import type { SampleSpec } from './sample-spec.ts';

/** Makes sample media on demand and keeps it. */
export interface SampleLibrary {
  /** The path of the sample; made on the first call, and only once however many ask at the same time. */
  pathOf(spec: SampleSpec): Promise<string>;
}

const DURATION_SECONDS = 5;
const GENERATION_TIMEOUT_MS = 60_000;
const MAX_SAMPLE_BYTES = 100_000_000;

const AAC = ['-c:a', 'aac', '-b:a', '96k'];
const H264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-crf', '26', '-pix_fmt', 'yuv420p', ...AAC];
const CODECS: Readonly<Record<string, readonly string[]>> = {
  '.mp4': [...H264, '-movflags', '+faststart'],
  '.mov': [...H264, '-movflags', '+faststart'],
  '.mkv': H264,
  '.webm': [
    '-c:v',
    'libvpx',
    '-deadline',
    'realtime',
    '-cpu-used',
    '8',
    '-b:v',
    '1500k',
    '-c:a',
    'libopus',
    '-b:a',
    '64k',
  ],
  '.mp3': ['-c:a', 'libmp3lame', '-b:a', '128k'],
  '.wav': ['-c:a', 'pcm_s16le'],
  '.m4a': AAC,
  '.flac': ['-c:a', 'flac'],
  '.ogg': ['-c:a', 'libvorbis'],
};

export function createSampleLibrary(engine: Engine, cacheDir: string): SampleLibrary {
  const making = new Map<string, Promise<string>>();
  return {
    pathOf(spec) {
      const known = making.get(spec.fileName);
      if (known !== undefined) return known;
      const made = makeOnce(engine, cacheDir, spec);
      making.set(spec.fileName, made);
      made.catch(() => making.delete(spec.fileName));
      return made;
    },
  };
}

async function makeOnce(engine: Engine, cacheDir: string, spec: SampleSpec): Promise<string> {
  const path = join(cacheDir, spec.fileName);
  if (await exists(path)) return path;
  await mkdir(cacheDir, { recursive: true, mode: 0o700 });
  const workDir = await mkdtemp(join(cacheDir, 'making-'));
  try {
    const made = join(workDir, `sample${spec.extension}`);
    if (spec.kind === 'image') await writeFile(made, await drawSamplePicture(spec));
    else if (spec.kind === 'subtitles') await writeFile(made, subtitles(spec));
    else await encode(engine, workDir, spec);
    // A rename is atomic: another process sees the whole file or none.
    await rename(made, path);
    return path;
  } finally {
    await rm(workDir, { recursive: true, force: true });
  }
}

async function encode(engine: Engine, workDir: string, spec: SampleSpec): Promise<void> {
  const signal = AbortSignal.timeout(GENERATION_TIMEOUT_MS);
  const session = await engine.open({ workDir, signal, maxOutputBytes: MAX_SAMPLE_BYTES });
  try {
    const picture = `testsrc2=size=1280x720:rate=30:duration=${DURATION_SECONDS},hue=h=${spec.seed}`;
    const tone = `sine=frequency=${220 + spec.seed}:sample_rate=48000:duration=${DURATION_SECONDS}`;
    const { exitCode, log } = await session.exec([
      ...(spec.kind === 'video' ? ['-f', 'lavfi', '-i', picture] : []),
      ...['-f', 'lavfi', '-i', tone],
      ...['-threads', String(engine.threads), '-map_metadata', '-1', '-fflags', '+bitexact', '-flags', '+bitexact'],
      ...(CODECS[spec.extension] ?? []),
      `sample${spec.extension}`,
    ]);
    if (exitCode !== 0) throw new RenderFault('failed', 'The sample media could not be generated.', log.slice(-2_000));
  } finally {
    await session.close();
  }
}

function subtitles({ extension, label }: SampleSpec): string {
  const point = extension === '.vtt' ? '.' : ',';
  const cues = ['First line of the sample', `From ${label}`, 'Last line of the sample'];
  const body = cues.map((text, index) => {
    const [start, end] = [index * 1.6, index * 1.6 + 1.5].map((at) => `00:00:0${at.toFixed(3).replace('.', point)}`);
    return `${index + 1}\n${start} --> ${end}\n${text}\n`;
  });
  return `${extension === '.vtt' ? 'WEBVTT\n\n' : ''}${body.join('\n')}`;
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
