import type { Position } from './position.ts';

export type Quality = 'low' | 'medium' | 'high';
export type Fit = 'contain' | 'cover' | 'fill' | 'blur';

interface AnyElement {
  /** Where the element stands in the script, for messages: `scenes/0/elements/1`. */
  readonly path: string;
  /** Seconds into the scene, or into the film for an element of the film. */
  readonly start: number;
  /** Seconds, counted like `start`; Infinity for elements that stay. */
  readonly end: number;
  /** Seconds in which the element appears; 0 for at once. */
  readonly fadeIn: number;
  readonly fadeOut: number;
}

interface VisibleElement extends AnyElement {
  readonly position: Position;
  readonly x: number | undefined;
  readonly y: number | undefined;
  readonly width: number | undefined;
  readonly height: number | undefined;
  /** 0 to 1. */
  readonly opacity: number;
}

interface AudibleElement extends AnyElement {
  readonly src: string;
  /** 1 is as loud as the source. */
  readonly volume: number;
  /** Seconds of the source to leave out at its beginning. */
  readonly seek: number;
  readonly loop: boolean;
}

export interface TextElement extends VisibleElement {
  readonly type: 'text';
  readonly text: string;
  readonly fontSize: number;
  readonly color: string;
  /** Colour of a box behind the text. */
  readonly background: string | undefined;
  readonly bold: boolean;
  readonly align: 'left' | 'center' | 'right' | undefined;
}

export interface ImageElement extends VisibleElement {
  readonly type: 'image';
  readonly src: string;
  readonly fit: Fit;
}

export interface VideoElement extends VisibleElement, AudibleElement {
  readonly type: 'video';
  readonly fit: Fit;
}

export interface AudioElement extends AudibleElement {
  readonly type: 'audio';
}

/** What can be drawn once and shown for as long as it stays. */
export type StillElement = TextElement | ImageElement;
export type MovieElement = StillElement | VideoElement | AudioElement;

export interface Transition {
  /** A name of FFmpeg's `xfade`. */
  readonly type: string;
  /** Seconds that this scene and the one before it share; they shorten the film. */
  readonly durationSeconds: number;
}

export interface Scene {
  readonly durationSeconds: number;
  readonly background: string;
  /** How the scene replaces the one before it; undefined for a cut. */
  readonly transition: Transition | undefined;
  readonly elements: readonly MovieElement[];
}

/** A movie script with every default filled in. */
export interface Movie {
  readonly width: number;
  readonly height: number;
  readonly fps: number;
  readonly quality: Quality;
  readonly scenes: readonly Scene[];
  /** Elements of the whole film, above every scene and untouched by transitions; subtitles are among them. */
  readonly elements: readonly MovieElement[];
  readonly warnings: readonly string[];
  /** Where the subtitles come from when they stand in a file of their own. */
  readonly subtitles: SubtitleTrack | undefined;
}

/** How cues are drawn, and the address of the file that holds them. */
export interface SubtitleTrack {
  readonly src: string;
  readonly path: string;
  readonly style: TextElement;
}

export function isStill(element: MovieElement): element is StillElement {
  return element.type === 'text' || element.type === 'image';
}
