import type { MovieTask } from '../engine/renderer.ts';
import { drawableText } from './drawable-text.ts';
import { POSITIONS, type Position } from './position.ts';
import { IMAGE_KEYS, SCENE_KEYS, TEXT_KEYS } from './schema.ts';

export type Quality = 'low' | 'medium' | 'high';

interface AnyElement {
  /** Where the element stands in the script, for messages: `scenes/0/elements/1`. */
  readonly path: string;
  readonly position: Position;
  readonly x: number | undefined;
  readonly y: number | undefined;
  readonly width: number | undefined;
  readonly height: number | undefined;
  readonly opacity: number;
  /** Seconds into the scene. */
  readonly start: number;
  /** Seconds into the scene; Infinity for elements that stay. */
  readonly end: number;
}

export interface TextElement extends AnyElement {
  readonly type: 'text';
  readonly text: string;
  readonly fontSize: number;
  readonly color: string;
  readonly bold: boolean;
  readonly align: 'left' | 'center' | 'right' | undefined;
}

export interface ImageElement extends AnyElement {
  readonly type: 'image';
  readonly src: string;
  readonly fit: 'contain' | 'cover' | 'fill';
}

export type MovieElement = TextElement | ImageElement;

export interface Scene {
  readonly durationSeconds: number;
  readonly background: string;
  readonly elements: readonly MovieElement[];
}

/** A movie script with every default filled in. */
export interface Movie {
  readonly width: number;
  readonly height: number;
  readonly fps: number;
  readonly quality: Quality;
  readonly scenes: readonly Scene[];
  readonly warnings: readonly string[];
}

const DEFAULT_SCENE_SECONDS = 5;

type Fields = Readonly<Record<string, unknown>>;

/** Seconds of finished film that a script asks for; the basis of credit estimates. */
export function estimateSeconds(movie: MovieTask): number {
  const scenes = listOf(movie.scenes);
  const seconds = scenes.reduce((sum: number, scene) => sum + numberOr(scene.duration, DEFAULT_SCENE_SECONDS), 0);
  // 200 times 0.2 adds up to a hair more than 40: rounding that up would cost a credit.
  return Math.round(seconds * 1e6) / 1e6;
}

/** Fills in defaults and tells what will not be drawn as written. Expects a script that passed `MOVIE_SCHEMA`. */
export function readMovie(task: MovieTask): Movie {
  const warnings: string[] = [];
  const even = (name: 'width' | 'height', fallback: number) => {
    const asked = Math.round(numberOr(task[name], fallback));
    if (asked % 2 === 0) return asked;
    // H.264 with 4:2:0 colour halves the picture: odd sizes do not exist there.
    warnings.push(`${name} ${asked} is odd; the film is ${asked + 1} pixels instead, because H.264 needs even sizes.`);
    return asked + 1;
  };
  return {
    width: even('width', 1920),
    height: even('height', 1080),
    fps: numberOr(task.fps, 30),
    quality: oneOf(task.quality, ['low', 'medium', 'high'], 'high'),
    scenes: listOf(task.scenes).map((scene, index) => readScene(scene, `scenes/${index}`, warnings)),
    warnings,
  };
}

function readScene(scene: Fields, path: string, warnings: string[]): Scene {
  reportUnknown(scene, SCENE_KEYS, path, warnings);
  return {
    durationSeconds: numberOr(scene.duration, DEFAULT_SCENE_SECONDS),
    background: textOr(scene.background, '#000000'),
    elements: listOf(scene.elements).map((element, index) =>
      readElement(element, `${path}/elements/${index}`, warnings),
    ),
  };
}

function readElement(element: Fields, path: string, warnings: string[]): MovieElement {
  const isImage = element.type === 'image';
  reportUnknown(element, isImage ? IMAGE_KEYS : TEXT_KEYS, path, warnings);
  const start = numberOr(element.start, 0);
  const shared: AnyElement = {
    path,
    position: oneOf(element.position, POSITIONS, 'center'),
    x: numberOr(element.x, undefined),
    y: numberOr(element.y, undefined),
    width: numberOr(element.width, undefined),
    height: numberOr(element.height, undefined),
    opacity: numberOr(element.opacity, 1),
    start,
    end: start + numberOr(element.duration, Number.POSITIVE_INFINITY),
  };
  if (isImage) {
    return {
      ...shared,
      type: 'image',
      src: textOr(element.src, ''),
      fit: oneOf(element.fit, ['contain', 'cover', 'fill'], 'contain'),
    };
  }
  const { text, leftOut } = drawableText(textOr(element.text, ''));
  if (leftOut > 0) warnings.push(`${path}: control characters have no shape; ${leftOut} left out of the text.`);
  return {
    ...shared,
    type: 'text',
    text,
    fontSize: numberOr(element.font_size, 48),
    color: textOr(element.color, '#FFFFFF'),
    bold: element.font_weight === 'bold' || element.font_weight === 700,
    align: oneOf(element.align, ['left', 'center', 'right'], undefined),
  };
}

function reportUnknown(fields: Fields, known: ReadonlySet<string>, path: string, warnings: string[]): void {
  for (const key of Object.keys(fields)) {
    if (!known.has(key))
      warnings.push(`${path}/${key.slice(0, 60)} is not known to the local renderer and has no effect.`);
  }
}

function listOf(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.filter((item): item is Fields => typeof item === 'object' && item !== null) : [];
}

function numberOr<T>(value: unknown, fallback: T): number | T {
  return typeof value === 'number' && Number.isFinite(value) ? value : fallback;
}

function textOr(value: unknown, fallback: string): string {
  return typeof value === 'string' ? value : fallback;
}

function oneOf<const A, F>(value: unknown, allowed: readonly A[], fallback: F): A | F {
  return allowed.find((candidate) => candidate === value) ?? fallback;
}
