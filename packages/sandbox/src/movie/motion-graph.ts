import { TO_FILM_COLORS } from './film-args.ts';
import type { SourceMedia } from './media-loader.ts';
import type { FadingLayer, Layer, MotionPlan, StillsLayer, VideoLayer } from './motion-plan.ts';
import type { Movie } from './movie.ts';
import { videoFrame } from './video-frame.ts';

/** A layer with its pictures on disk. */
export interface PlacedPictures {
  /** `layer3_`: the pictures are called `layer3_0.png`, `layer3_1.png`, ... */
  readonly prefix: string;
  readonly count: number;
  readonly x: number;
  readonly y: number;
}

export interface MotionSources {
  /** Missing for a layer in which nothing is to be seen. */
  readonly pictures: ReadonlyMap<Layer, PlacedPictures>;
  readonly media: ReadonlyMap<string, SourceMedia>;
}

export interface MotionGraph {
  /** Everything up to and with `-map`; encoder and output follow. */
  readonly args: readonly string[];
}

/** Pixel formats of one composition: scene changes need colour at full resolution, everything else does not. */
interface Formats {
  readonly overlay: 'yuv420' | 'yuv444';
  readonly opaque: 'yuv420p' | 'yuv444p';
  readonly clear: 'yuva420p' | 'yuva444p';
}

/** Writes the filter graph of a stretch of motion: layers onto each other, scenes into each other, film elements on top. */
export function motionGraph(plan: MotionPlan, movie: Movie, sources: MotionSources): MotionGraph {
  const inputs: string[] = [];
  const chains: string[] = [];
  let inputCount = 0;
  let labels = 0;
  const { fps } = movie;
  const formats: Formats = plan.scenes.some(({ change }) => change !== undefined)
    ? { overlay: 'yuv444', opaque: 'yuv444p', clear: 'yuva444p' }
    : { overlay: 'yuv420', opaque: 'yuv420p', clear: 'yuva420p' };

  const open = (args: readonly string[]): string => {
    inputs.push(...args);
    inputCount += 1;
    return `[${inputCount - 1}:v]`;
  };
  const chain = (from: string, filters: string): string => {
    const label = `[v${labels}]`;
    labels += 1;
    chains.push(`${from}${filters}${label}`);
    return label;
  };
  const openPicture = ({ prefix }: PlacedPictures): string =>
    open(['-threads', '1', '-f', 'png_pipe', '-framerate', String(fps), '-i', `${prefix}0.png`]);
  const openPictures = ({ prefix }: PlacedPictures): string =>
    open(['-threads', '1', '-f', 'image2', '-framerate', '1', '-start_number', '0', '-i', `${prefix}%d.png`]);
  const delayed = (frames: number) => (frames === 0 ? '' : `,setpts=PTS+${frames}/${fps}/TB`);

  /** A layer that covers the frame, for exactly `frames` frames. */
  const base = (layer: StillsLayer, pictures: PlacedPictures, frames: number): string => {
    const hold = `loop=loop=${frames - 1}:size=1,setpts=N/${fps}/TB`;
    const first = chain(openPicture(pictures), `${TO_FILM_COLORS},format=${formats.opaque},setsar=1,${hold}`);
    return pictures.count === 1 ? first : overPictures(first, layer, pictures, formats.opaque);
  };

  const over = (below: string, layer: Layer): string => {
    if (layer.kind === 'video') return overVideo(below, layer);
    const pictures = sources.pictures.get(layer);
    if (pictures === undefined) return below;
    if (layer.kind === 'stills') return overPictures(below, layer, pictures, formats.clear);
    const frames = layer.to - layer.from;
    const moving = `loop=loop=${frames - 1}:size=1,setpts=N/${fps}/TB,${fades(frames, layer).join(',')}`;
    const picture = `${TO_FILM_COLORS},format=${formats.clear},setsar=1,${moving}${delayed(layer.from)}`;
    const top = chain(openPicture(pictures), picture);
    return chain(below + top, `overlay=${pictures.x}:${pictures.y}:eof_action=pass:format=${formats.overlay}`);
  };

  /** `overlay` holds each picture until the next one is due, and the last one to the end. */
  const overPictures = (below: string, layer: StillsLayer, pictures: PlacedPictures, format: string): string => {
    const timed = pictures.count === 1 ? '' : `,${stepTimes(layer, fps)}`;
    const input = pictures.count === 1 ? openPicture(pictures) : openPictures(pictures);
    const top = chain(input, `${TO_FILM_COLORS},format=${format},setsar=1${timed}`);
    return chain(below + top, `overlay=${pictures.x}:${pictures.y}:eof_action=repeat:format=${formats.overlay}`);
  };

  const overVideo = (below: string, layer: VideoLayer): string => {
    const media = sources.media.get(layer.element.src);
    if (media === undefined) return below;
    const { element } = layer;
    const frames = layer.to - layer.from;
    const input = open([
      ...(element.loop ? ['-stream_loop', '-1'] : []),
      ...(element.seek > 0 ? ['-ss', String(element.seek)] : []),
      ...media.guard,
      ...['-i', media.file],
    ]);
    const frame = videoFrame(element, movie, media);
    const needsAlpha = element.opacity < 1 || layer.fadeIn > 0 || layer.fadeOut > 0 || media.info.hasAlpha === true;
    const shape = `setpts=PTS-STARTPTS,fps=${fps},trim=end_frame=${frames},${frame.scale}`;
    const shaped = frame.blur === undefined ? chain(input, shape) : onBlur(chain(input, shape), frame.blur);
    const looks = [
      `format=${needsAlpha ? formats.clear : formats.opaque}`,
      ...(element.opacity < 1 ? [`lutyuv=a=val*${element.opacity}`] : []),
      ...fades(frames, layer),
    ].join(',');
    const top = chain(shaped, `${looks}${delayed(layer.from)}`);
    return chain(below + top, `overlay=${frame.x}:${frame.y}:eof_action=pass:format=${formats.overlay}`);
  };

  const onBlur = (input: string, { behind, before }: { readonly behind: string; readonly before: string }): string => {
    const [far, near] = [`[v${labels}]`, `[v${labels + 1}]`];
    labels += 2;
    chains.push(`${input}split${far}${near}`);
    return chain(chain(far, behind) + chain(near, before), 'overlay=(W-w)/2:(H-h)/2:eof_action=repeat:format=yuv420');
  };

  let film: string | undefined;
  for (const scene of plan.scenes) {
    const [bottom, ...rest] = scene.layers;
    const pictures = bottom === undefined ? undefined : sources.pictures.get(bottom);
    if (bottom?.kind !== 'stills' || pictures === undefined) throw new Error('A scene has no background.');
    const drawn = rest.reduce(over, base(bottom, pictures, scene.frames));
    if (film === undefined) film = drawn;
    else if (scene.change === undefined) film = chain(film + drawn, 'concat=n=2:v=1:a=0');
    else {
      const { transition, frames } = scene.change;
      const times = `duration=${frames / fps}:offset=${scene.from / fps}`;
      film = chain(film + drawn, `xfade=transition=${transition.type}:${times}`);
    }
  }
  if (film === undefined) throw new Error('A stretch of motion has no scene.');
  const result = chain(plan.top.reduce(over, film), 'format=yuv420p,setsar=1');
  const graph = chains.join(';');
  return { args: [...inputs, '-filter_complex', graph, '-map', result, '-frames:v', String(plan.frames)] };
}

/** Each picture at the frame at which it begins. They arrive one a second, in whole seconds: a finer clock comes first. */
function stepTimes({ steps }: StillsLayer, fps: number): string {
  const times = sumOf(steps.map(({ at }, index) => `eq(N\\,${index})*${at}`));
  return `settb=AVTB,setpts=${times}/${fps}/TB`;
}

/** A sum as a tree: FFmpeg refuses expressions that are nested a hundred deep, and reads a plain row of terms that way. */
function sumOf(terms: readonly string[]): string {
  if (terms.length < 2) return terms[0] ?? '0';
  const middle = Math.ceil(terms.length / 2);
  return `(${sumOf(terms.slice(0, middle))}+${sumOf(terms.slice(middle))})`;
}

function fades(frames: number, { fadeIn, fadeOut }: FadingLayer | VideoLayer): readonly string[] {
  return [
    ...(fadeIn > 0 ? [`fade=t=in:s=0:n=${fadeIn}:alpha=1`] : []),
    ...(fadeOut > 0 ? [`fade=t=out:s=${frames - fadeOut}:n=${fadeOut}:alpha=1`] : []),
  ];
}
