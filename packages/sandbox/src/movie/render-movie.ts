import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Engine, EngineSession } from '../engine/engine.ts';
import { firstErrorLine } from '../engine/log-tail.ts';
import type { RenderProgress } from '../engine/render-progress.ts';
import { describeFile } from '../engine/rendered-file.ts';
import { RenderFault, type RenderResult } from '../engine/renderer.ts';
import { missingGlyphs } from '../media/fonts.ts';
import type { FetchSource } from '../media/source-files.ts';
import { drawStill } from './draw-still.ts';
import { encodeArgs, joinArgs, partsOf } from './film-args.ts';
import type { Movie, MovieElement } from './movie-script.ts';
import { loadPictures } from './picture-loader.ts';
import { planStills } from './still-plan.ts';

export interface MovieJob {
  readonly movie: Movie;
  readonly workDir: string;
  readonly signal: AbortSignal;
  readonly progress: RenderProgress;
  readonly maxOutputBytes: number;
}

const OUTPUT = 'output.mp4';
const PICTURE = 'still';
const LIST = 'parts';
/** A long film in letters that the font lacks has a warning for each of its texts. */
const MAX_WARNINGS = 100;

/**
 * Renders a movie script to `output.mp4` in the work folder. Scripts have no motion: each stretch in which nothing
 * changes is drawn once, encoded for about a second, and repeated without encoding again.
 */
export async function renderMovie(engine: Engine, fetchSource: FetchSource, job: MovieJob): Promise<RenderResult> {
  const { movie, workDir, signal, progress } = job;
  const elements = movie.scenes.flatMap((scene) => scene.elements);
  const warnings = new Set([...movie.warnings, ...(await glyphWarnings(elements))]);
  const pictures = await loadPictures(elements, fetchSource, { workDir, signal, onProgress: progress.step(0, 0.1) });

  const stills = planStills(movie).map((still) => ({ still, parts: partsOf(still.frames, movie.fps) }));
  const toEncode = stills.flatMap(({ parts }) => parts).reduce((sum, { frames }) => sum + frames, 0);
  const session = await engine.open({ workDir, signal, maxOutputBytes: job.maxOutputBytes });
  try {
    const step = progress.step(0.1, 0.95);
    const list: string[] = [];
    const made: string[] = [];
    let encoded = 0;
    for (const { still, parts } of stills) {
      signal.throwIfAborted();
      const drawn = await drawStill(still, movie, pictures);
      for (const warning of drawn.warnings) warnings.add(warning);
      const picture = `${PICTURE}${made.length}`;
      await writeFile(join(workDir, picture), drawn.png);
      for (const { frames, times } of parts) {
        const output = `part${made.length}.mp4`;
        const before = encoded;
        const args = encodeArgs({ picture, frames, output }, movie, engine.info.kind, engine.threads);
        await run(session, args, (seconds) => step((before + Math.min(frames, seconds * movie.fps)) / toEncode));
        encoded += frames;
        step(encoded / toEncode);
        made.push(output);
        list.push(...Array.from({ length: times }, () => output));
      }
      await rm(join(workDir, picture));
    }
    await writeFile(join(workDir, LIST), list.map((name) => `file ${name}\n`).join(''));
    await run(session, joinArgs(LIST, OUTPUT));
    await Promise.all([...made, LIST].map((name) => rm(join(workDir, name))));
    return { files: [await describeFile(session, workDir, OUTPUT)], warnings: bounded([...warnings]) };
  } finally {
    await session.close();
  }
}

async function glyphWarnings(elements: readonly MovieElement[]): Promise<readonly string[]> {
  const found = elements.map(async (element) => {
    const missing = element.type === 'text' ? await missingGlyphs(element.text) : [];
    const shown = missing.slice(0, 10).join(' ');
    const remedy = "this machine's fonts or boxes stand in";
    return missing.length === 0 ? [] : [`${element.path}: the packaged font has no glyph for ${shown}; ${remedy}.`];
  });
  return (await Promise.all(found)).flat();
}

function bounded(warnings: readonly string[]): readonly string[] {
  if (warnings.length <= MAX_WARNINGS) return warnings;
  const kept = warnings.slice(0, MAX_WARNINGS - 1);
  return [...kept, `${warnings.length - kept.length} more warnings are not shown.`];
}

async function run(session: EngineSession, args: readonly string[], onTime?: (seconds: number) => void): Promise<void> {
  const { exitCode, log } = await session.exec(args, onTime === undefined ? {} : { onTime });
  if (exitCode === 0) return;
  const reason = firstErrorLine(log) ?? 'FFmpeg gave no reason';
  throw new RenderFault('failed', `The film could not be encoded: ${reason}`, log.slice(-2_000));
}
