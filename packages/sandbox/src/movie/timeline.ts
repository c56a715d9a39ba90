import type { Movie, MovieElement, Scene, Transition } from './movie.ts';

/** Frames of a film, counted from its first; `to` is not among them. */
export interface FrameRange {
  readonly from: number;
  readonly to: number;
}

export interface PlacedElement extends FrameRange {
  readonly element: MovieElement;
  /** Frames of appearing and of disappearing, both inside the range. */
  readonly fadeIn: number;
  readonly fadeOut: number;
}

export interface PlacedScene extends FrameRange {
  readonly scene: Scene;
  /** Frames that the scene shares with the one before it begin at `from`; undefined for a cut. */
  readonly transition: Transition | undefined;
  readonly elements: readonly PlacedElement[];
}

/** A film in frames. Frame boundaries are counted from the start of the film, so that rounding never adds up. */
export interface Timeline {
  readonly frames: number;
  readonly scenes: readonly PlacedScene[];
  /** Elements over the whole film. */
  readonly elements: readonly PlacedElement[];
}

/** Seconds that a source lasts, or undefined where that is unknown. */
export type SourceLength = (src: string) => number | undefined;

/** Places everything in frames. A scene shorter than a frame still gets one. */
export function planTimeline(movie: Movie, lengthOf: SourceLength = () => undefined): Timeline {
  const scenes: PlacedScene[] = [];
  let startSeconds = 0;
  let end = 0;
  for (const scene of movie.scenes) {
    startSeconds -= scene.transition?.durationSeconds ?? 0;
    const frameAt = (seconds: number) => Math.round((startSeconds + seconds) * movie.fps);
    const from = scene.transition === undefined ? end : Math.min(end, frameAt(0));
    const to = Math.max(end, from + 1, frameAt(scene.durationSeconds));
    const elements = placeElements(scene.elements, { from, to }, frameAt, movie.fps, lengthOf);
    scenes.push({ scene, from, to, transition: from < end ? scene.transition : undefined, elements });
    startSeconds += scene.durationSeconds;
    end = to;
  }
  const frameAt = (seconds: number) => Math.round(seconds * movie.fps);
  const elements = placeElements(movie.elements, { from: 0, to: end }, frameAt, movie.fps, lengthOf);
  return { frames: end, scenes, elements };
}

function placeElements(
  elements: readonly MovieElement[],
  room: FrameRange,
  frameAt: (seconds: number) => number,
  fps: number,
  lengthOf: SourceLength,
): readonly PlacedElement[] {
  return elements.flatMap((element): readonly PlacedElement[] => {
    const end = Math.min(element.end, endOfSource(element, lengthOf));
    const from = Math.max(room.from, frameAt(element.start));
    const to = end === Number.POSITIVE_INFINITY ? room.to : Math.min(room.to, frameAt(end));
    if (to <= from) return [];
    const fadeIn = Math.min(to - from, Math.round(element.fadeIn * fps));
    const fadeOut = Math.min(to - from, Math.round(element.fadeOut * fps));
    // Two fades that are longer than the element share it.
    const over = Math.max(1, (fadeIn + fadeOut) / (to - from));
    return [{ element, from, to, fadeIn: Math.floor(fadeIn / over), fadeOut: Math.floor(fadeOut / over) }];
  });
}

/** A video that does not begin again leaves the frame with its last picture, and a sound falls silent. */
function endOfSource(element: MovieElement, lengthOf: SourceLength): number {
  if ((element.type !== 'video' && element.type !== 'audio') || element.loop) return Number.POSITIVE_INFINITY;
  const seconds = lengthOf(element.src);
  return seconds === undefined ? Number.POSITIVE_INFINITY : element.start + Math.max(0, seconds - element.seek);
}
