import { SOUND_ARGS } from './film-args.ts';
import type { SourceMedia } from './media-loader.ts';
import type { AudioElement, Movie, VideoElement } from './movie.ts';
import type { PlacedElement, Timeline } from './timeline.ts';

/** One sound on its way into the film, in seconds of the film. */
export interface Voice {
  readonly element: AudioElement | VideoElement;
  readonly from: number;
  readonly to: number;
  readonly fadeIn: number;
  readonly fadeOut: number;
}

/** Everything that is to be heard: audio elements, and videos that have sound and are not silenced. */
export function voicesOf(
  timeline: Timeline,
  { fps }: Movie,
  media: ReadonlyMap<string, SourceMedia>,
): readonly Voice[] {
  const placed = [...timeline.scenes.flatMap(({ elements }) => elements), ...timeline.elements];
  return placed.flatMap(({ element, from, to, fadeIn, fadeOut }: PlacedElement): readonly Voice[] => {
    if (element.type !== 'audio' && element.type !== 'video') return [];
    if (element.volume === 0 || media.get(element.src)?.info.hasAudio !== true) return [];
    return [{ element, from: from / fps, to: to / fps, fadeIn: fadeIn / fps, fadeOut: fadeOut / fps }];
  });
}

/** Arguments that mix the sound of a film of `seconds`. */
export function soundArgs(
  voices: readonly Voice[],
  seconds: number,
  media: ReadonlyMap<string, SourceMedia>,
  output: string,
): readonly string[] {
  const inputs = voices.flatMap(({ element }) => {
    const source = media.get(element.src);
    if (source === undefined) throw new Error('A sound was not loaded.');
    return [
      ...(element.loop ? ['-stream_loop', '-1'] : []),
      ...(element.seek > 0 ? ['-ss', String(element.seek)] : []),
      ...source.guard,
      ...['-i', source.file],
    ];
  });
  const chains = voices.map((voice, index) => `[${index}:a:0]${voiceFilters(voice)}[a${index}]`);
  const all = voices.map((_, index) => `[a${index}]`).join('');
  // Loudness stays what the script says, however many sounds there are; the limiter keeps their sum from clipping.
  const mix = `${all}amix=inputs=${voices.length}:duration=longest:normalize=0,alimiter=limit=0.97:level=0`;
  const graph = [...chains, `${mix},apad=whole_dur=${seconds},atrim=end=${seconds}[sound]`].join(';');
  return [...inputs, '-filter_complex', graph, '-map', '[sound]', ...SOUND_ARGS, output];
}

function voiceFilters({ element, from, to, fadeIn, fadeOut }: Voice): string {
  const length = to - from;
  return [
    'aresample=48000',
    'aformat=sample_fmts=fltp:channel_layouts=stereo',
    'asetpts=PTS-STARTPTS',
    `atrim=end=${length}`,
    ...(element.volume === 1 ? [] : [`volume=${element.volume}`]),
    ...(fadeIn > 0 ? [`afade=t=in:st=0:d=${fadeIn}`] : []),
    ...(fadeOut > 0 ? [`afade=t=out:st=${length - fadeOut}:d=${fadeOut}`] : []),
    ...(from > 0 ? [`adelay=${Math.round(from * 48_000)}S:all=1`] : []),
  ].join(',');
}
