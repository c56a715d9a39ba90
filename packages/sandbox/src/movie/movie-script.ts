import type { MovieTask } from '../engine/renderer.ts';
import type { Movie, MovieElement, Scene, SubtitleTrack, TextElement, Transition } from './movie.ts';
import { readElement, readText, reportUnknown } from './read-element.ts';
import { MOVIE_KEYS, SCENE_KEYS, TRANSITIONS } from './schema.ts';
import { type Fields, isFields, listOf, numberOr, oneOf, textOr } from './script-fields.ts';
import { type Cue, cueElements } from './subtitle-cues.ts';

const DEFAULT_SCENE_SECONDS = 5;
const DEFAULT_TRANSITION_SECONDS = 0.5;

/** Seconds of finished film that a script asks for; the basis of credit estimates. */
export function estimateSeconds(movie: MovieTask): number {
  const scenes = listOf(movie.scenes);
  const seconds = scenes.reduce(
    (sum: number, scene, index) => sum + durationOf(scene) - overlapOf(scene, scenes[index - 1]),
    0,
  );
  // 200 times 0.2 adds up to a hair more than 40: rounding that up would cost a credit.
  return Math.round(seconds * 1e6) / 1e6;
}

/** Fills in defaults and tells what will not be drawn as written. Expects a script that passed `MOVIE_SCHEMA`. */
export function readMovie(task: MovieTask): Movie {
  const warnings: string[] = [];
  reportUnknown(task, MOVIE_KEYS, '', warnings);
  const even = (name: 'width' | 'height', fallback: number) => {
    const asked = Math.round(numberOr(task[name], fallback));
    if (asked % 2 === 0) return asked;
    // H.264 with 4:2:0 colour halves the picture: odd sizes do not exist there.
    warnings.push(`${name} ${asked} is odd; the film is ${asked + 1} pixels instead, because H.264 needs even sizes.`);
    return asked + 1;
  };
  const [width, height] = [even('width', 1920), even('height', 1080)];
  const scenes = listOf(task.scenes);
  const { cues, track } = readSubtitles(task.subtitles, height, warnings);
  return {
    width,
    height,
    fps: numberOr(task.fps, 30),
    quality: oneOf(task.quality, ['low', 'medium', 'high'], 'high'),
    scenes: scenes.map((scene, index) => readScene(scene, scenes[index - 1], `scenes/${index}`, warnings)),
    elements: [...readElements(task.elements, 'elements', warnings), ...cues],
    warnings,
    subtitles: track,
  };
}

function readScene(scene: Fields, before: Fields | undefined, path: string, warnings: string[]): Scene {
  reportUnknown(scene, SCENE_KEYS, path, warnings);
  return {
    durationSeconds: durationOf(scene),
    background: textOr(scene.background, '#000000'),
    transition: readTransition(scene, before, path, warnings),
    elements: readElements(scene.elements, `${path}/elements`, warnings),
  };
}

function readElements(value: unknown, path: string, warnings: string[]): readonly MovieElement[] {
  return listOf(value).map((element, index) => readElement(element, `${path}/${index}`, warnings));
}

function readTransition(
  scene: Fields,
  before: Fields | undefined,
  path: string,
  warnings: string[],
): Transition | undefined {
  if (!isFields(scene.transition)) return undefined;
  if (before === undefined) {
    warnings.push(`${path}/transition: no scene stands before this one, so the transition has no effect.`);
    return undefined;
  }
  const durationSeconds = overlapOf(scene, before);
  if (durationSeconds < askedOverlap(scene)) {
    warnings.push(
      `${path}/transition: shortened to ${durationSeconds} s, half of the shorter of the two scenes it joins.`,
    );
  }
  return { type: oneOf(scene.transition.type, TRANSITIONS, 'fade'), durationSeconds };
}

function durationOf(scene: Fields): number {
  return numberOr(scene.duration, DEFAULT_SCENE_SECONDS);
}

function askedOverlap(scene: Fields): number {
  return isFields(scene.transition) ? numberOr(scene.transition.duration, DEFAULT_TRANSITION_SECONDS) : 0;
}

/** Half of a scene belongs to the change before it and half to the one behind it, so that changes never meet. */
function overlapOf(scene: Fields, before: Fields | undefined): number {
  if (before === undefined) return 0;
  return Math.min(askedOverlap(scene), durationOf(scene) / 2, durationOf(before) / 2);
}

interface Subtitles {
  readonly cues: readonly TextElement[];
  readonly track: SubtitleTrack | undefined;
}

function readSubtitles(value: unknown, frameHeight: number, warnings: string[]): Subtitles {
  if (!isFields(value)) return { cues: [], track: undefined };
  const looks = { font_size: Math.round(frameHeight * 0.055), position: 'bottom-center', background: '#000000B3' };
  const style = readText({ ...looks, ...value }, 'subtitles', []);
  const cues = listOf(value.cues).map((cue): Cue => {
    const start = numberOr(cue.start, 0);
    return { start, end: numberOr(cue.end, start), text: textOr(cue.text, '') };
  });
  const src = textOr(value.src, '');
  return {
    cues: cueElements(cues, style, warnings),
    track: src === '' ? undefined : { src, path: 'subtitles/src', style },
  };
}
