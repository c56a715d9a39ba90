import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Engine, EngineSession } from '../engine/engine.ts';
import type { RenderProgress } from '../engine/render-progress.ts';
import { describeFile } from '../engine/rendered-file.ts';
import { RenderFault, type RenderResult } from '../engine/renderer.ts';
import type { FetchSource } from '../media/source-files.ts';
import { encodeSpans } from './encode-spans.ts';
import { joinArgs } from './film-args.ts';
import { loadMedia } from './media-loader.ts';
import type { Movie } from './movie.ts';
import { loadPictures } from './picture-loader.ts';
import type { PreparedFilm } from './prepared-film.ts';
import { runStep } from './run-step.ts';
import { soundArgs, voicesOf } from './sound-graph.ts';
import { cueElements, parseCues } from './subtitle-cues.ts';
import { boundedWarnings, glyphWarnings } from './text-warnings.ts';
import { planTimeline } from './timeline.ts';

export interface MovieJob {
  readonly movie: Movie;
  readonly workDir: string;
  readonly signal: AbortSignal;
  readonly progress: RenderProgress;
  readonly maxOutputBytes: number;
}

const OUTPUT = 'output.mp4';
const LIST = 'parts';
const SOUND = 'sound.m4a';

/**
 * Renders a movie script to `output.mp4` in the work folder. Stretches in which nothing changes are drawn once, encoded
 * for about a second and repeated without encoding again; stretches of motion go through one filter graph each. All are
 * joined as they are, and the sound, mixed once for the whole film, is laid beside them.
 */
export async function renderMovie(engine: Engine, fetchSource: FetchSource, job: MovieJob): Promise<RenderResult> {
  const { workDir, signal, progress } = job;
  const session = await engine.open({ workDir, signal, maxOutputBytes: job.maxOutputBytes });
  try {
    const film = await prepare(session, fetchSource, job);
    const seconds = film.timeline.frames / film.movie.fps;
    const parts = await encodeSpans(film, {
      session,
      encoder: { kind: engine.info.kind, threads: engine.threads },
      workDir,
      signal,
      onProgress: progress.step(0.1, 0.9),
    });
    const sound = await encodeSound(film, session, seconds);
    await writeFile(join(workDir, LIST), parts.list.map((name) => `file ${name}\n`).join(''));
    await runStep(session, joinArgs(LIST, sound, OUTPUT));
    progress.step(0.95, 0.99)(1);
    const leavings = [...parts.files, ...(sound === undefined ? [] : [sound]), LIST];
    await Promise.all([...leavings, ...film.files].map((name) => rm(join(workDir, name))));
    return { files: [await describeFile(session, workDir, OUTPUT)], warnings: boundedWarnings([...film.warnings]) };
  } finally {
    await session.close();
  }
}

/** Brings every source and places everything in time. */
async function prepare(session: EngineSession, fetchSource: FetchSource, job: MovieJob): Promise<PreparedFilm> {
  const { workDir, signal, progress } = job;
  const warnings = new Set(job.movie.warnings);
  const movie = await withSubtitles(job, fetchSource, warnings);
  const elements = [...movie.scenes.flatMap((scene) => scene.elements), ...movie.elements];
  for (const warning of await glyphWarnings(elements)) warnings.add(warning);
  const pictures = await loadPictures(elements, fetchSource, { workDir, signal, onProgress: progress.step(0, 0.05) });
  const media = await loadMedia(elements, fetchSource, {
    workDir,
    signal,
    session,
    onProgress: progress.step(0.05, 0.1),
  });
  const timeline = planTimeline(movie, (src) => media.get(src)?.info.durationSeconds);
  return { movie, timeline, pictures, media, warnings, files: [...media.values()].map(({ file }) => file) };
}

async function withSubtitles(
  { movie, workDir, signal }: MovieJob,
  fetchSource: FetchSource,
  warnings: Set<string>,
): Promise<Movie> {
  if (movie.subtitles === undefined) return movie;
  const { src, path: label, style } = movie.subtitles;
  const toPath = join(workDir, 'subtitles');
  const kind = await fetchSource({ source: { url: src }, toPath, label, signal });
  const cues = kind === 'srt' || kind === 'vtt' ? parseCues(await readFile(toPath, 'utf8')) : [];
  await rm(toPath);
  if (cues.length === 0)
    throw new RenderFault('source-not-media', `${label}: the source is ${kind} and holds no SRT or WebVTT cues.`);
  const told: string[] = [];
  const elements = cueElements(cues, style, told);
  for (const warning of told) warnings.add(warning);
  return { ...movie, elements: [...movie.elements, ...elements] };
}

/** Mixes the sound of the film; a film in which nothing is to be heard has no sound track. */
async function encodeSound(film: PreparedFilm, session: EngineSession, seconds: number): Promise<string | undefined> {
  const voices = voicesOf(film.timeline, film.movie, film.media);
  if (voices.length === 0) return undefined;
  await runStep(session, soundArgs(voices, seconds, film.media, SOUND));
  return SOUND;
}
