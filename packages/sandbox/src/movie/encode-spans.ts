import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EngineSession } from '../engine/engine.ts';
import { drawLayer, type LayerContent } from './draw-layer.ts';
import { type EncodeRequest, type EncoderChoice, encodeArgs, partsOf, stillsPerRun, videoArgs } from './film-args.ts';
import { planFilm, type Span } from './film-plan.ts';
import { motionGraph, type PlacedPictures } from './motion-graph.ts';
import { type Layer, planMotion } from './motion-plan.ts';
import type { PreparedFilm } from './prepared-film.ts';
import { runStep } from './run-step.ts';
import type { FrameRange } from './timeline.ts';

export interface Encoding {
  readonly session: EngineSession;
  readonly encoder: EncoderChoice;
  readonly workDir: string;
  readonly signal: AbortSignal;
  readonly onProgress: (share: number) => void;
}

export interface EncodedParts {
  readonly files: readonly string[];
  /** Their names in the order of the film, as often as they are shown. */
  readonly list: readonly string[];
}

/** Encodes every stretch of the film. Stills are gathered and encoded several in one run. */
export async function encodeSpans(film: PreparedFilm, encoding: Encoding): Promise<EncodedParts> {
  const { movie, timeline } = film;
  const { session, encoder, workDir, signal, onProgress } = encoding;
  const spans = planFilm(timeline).map((span) => ({ span, parts: partsOfSpan(span, movie.fps) }));
  const toEncode = spans.flatMap(({ parts }) => parts).reduce((sum, { frames }) => sum + frames, 0);
  const files: string[] = [];
  const list: string[] = [];
  const stills: EncodeRequest[] = [];
  let encoded = 0;

  const nextPart = (times: number): string => {
    const name = `part${files.length}.mp4`;
    files.push(name);
    list.push(...Array.from({ length: times }, () => name));
    return name;
  };
  const encode = async (args: readonly string[], frames: number, drawn: readonly string[]) => {
    const before = encoded;
    await runStep(session, args, (at) => onProgress((before + Math.min(frames, at * movie.fps)) / toEncode));
    encoded += frames;
    onProgress(encoded / toEncode);
    await Promise.all(drawn.map((name) => rm(join(workDir, name))));
  };
  const encodeStills = async (requests: readonly EncodeRequest[]) => {
    if (requests.length === 0) return;
    const frames = requests.reduce((sum, request) => sum + request.frames, 0);
    const drawn = [...new Set(requests.map(({ picture }) => picture))];
    await encode(encodeArgs(requests, movie, encoder), frames, drawn);
  };

  for (const { span, parts } of spans) {
    signal.throwIfAborted();
    if (span.kind === 'still') {
      const content = { background: span.background, steps: [{ elements: span.elements }] };
      const { files: drawn } = await drawPictures(film, content, `still${files.length}_`, encoding);
      for (const picture of drawn) {
        stills.push(...parts.map(({ frames, times }) => ({ picture, frames, output: nextPart(times) })));
      }
      if (stills.length >= stillsPerRun(movie)) await encodeStills(stills.splice(0));
    } else {
      const { args, files: drawn } = await drawMotion(film, span, encoding);
      await encode([...args, ...videoArgs(movie, encoder), nextPart(1)], span.to - span.from, drawn);
    }
  }
  await encodeStills(stills);
  return { files, list };
}

function partsOfSpan(span: Span, fps: number) {
  const frames = span.to - span.from;
  return span.kind === 'still' ? partsOf(frames, fps) : [{ frames, times: 1 }];
}

type DrawingPlace = Pick<Encoding, 'workDir' | 'signal'>;

async function drawMotion(film: PreparedFilm, span: FrameRange, place: DrawingPlace) {
  const plan = planMotion(film.timeline, span);
  const pictures = new Map<Layer, PlacedPictures>();
  const files: string[] = [];
  const layers = [...plan.scenes.flatMap((scene) => scene.layers), ...plan.top];
  for (const [index, layer] of layers.entries()) {
    if (layer.kind === 'video') continue;
    const content = layer.kind === 'stills' ? layer : { background: undefined, steps: [{ elements: [layer.element] }] };
    const prefix = `layer${index}_`;
    const drawn = await drawPictures(film, content, prefix, place);
    files.push(...drawn.files);
    if (drawn.files.length > 0) pictures.set(layer, { prefix, count: drawn.files.length, x: drawn.x, y: drawn.y });
  }
  const { args } = motionGraph(plan, film.movie, { pictures, media: film.media });
  return { args, files };
}

async function drawPictures(
  { movie, pictures, warnings: told }: PreparedFilm,
  content: LayerContent,
  prefix: string,
  { workDir, signal }: DrawingPlace,
) {
  const { pngs, x, y, warnings } = await drawLayer(content, { frame: movie, pictures, signal });
  for (const warning of warnings) told.add(warning);
  const files = pngs.map((_, index) => `${prefix}${index}.png`);
  await Promise.all(files.map((name, index) => writeFile(join(workDir, name), pngs[index] ?? '')));
  return { files, x, y };
}
