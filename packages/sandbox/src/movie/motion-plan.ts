import { cutsOf, shownAt } from './film-plan.ts';
import { isStill, type StillElement, type Transition, type VideoElement } from './movie.ts';
import type { FrameRange, PlacedElement, Timeline } from './timeline.ts';

/** Pictures of which one follows the other; each holds until the next. */
export interface StillsLayer {
  readonly kind: 'stills';
  /** Colour behind the elements; undefined for a layer that one can look through. */
  readonly background: string | undefined;
  readonly steps: readonly { readonly at: number; readonly elements: readonly StillElement[] }[];
}

export interface FadingLayer extends FrameRange {
  readonly kind: 'fading';
  readonly element: StillElement;
  readonly fadeIn: number;
  readonly fadeOut: number;
}

export interface VideoLayer extends FrameRange {
  readonly kind: 'video';
  readonly element: VideoElement;
  readonly fadeIn: number;
  readonly fadeOut: number;
}

export type Layer = StillsLayer | FadingLayer | VideoLayer;

/** One scene, or the part of it that lies inside a stretch of motion. Frames count from `from`. */
export interface SceneLayers {
  readonly from: number;
  readonly frames: number;
  /** How it replaces the scene before it; undefined for the first one and after a cut. */
  readonly change: { readonly transition: Transition; readonly frames: number } | undefined;
  /** Bottom to top; the first covers the frame. */
  readonly layers: readonly Layer[];
}

/** Everything that is drawn in a stretch of motion. Frames count from its beginning. */
export interface MotionPlan {
  readonly frames: number;
  readonly scenes: readonly SceneLayers[];
  readonly top: readonly Layer[];
}

/** Sorts what a stretch of motion shows into layers: still things that lie on each other are one picture. */
export function planMotion(timeline: Timeline, span: FrameRange): MotionPlan {
  const scenes = timeline.scenes.filter(({ from, to }) => from < span.to && to > span.from);
  return {
    frames: span.to - span.from,
    scenes: scenes.map((scene, index) => {
      const room = { from: Math.max(scene.from, span.from), to: Math.min(scene.to, span.to) };
      const before = scenes[index - 1];
      const shared = before === undefined ? 0 : Math.min(before.to, room.to) - room.from;
      return {
        from: room.from - span.from,
        frames: room.to - room.from,
        change:
          scene.transition === undefined || shared <= 0 ? undefined : { transition: scene.transition, frames: shared },
        layers: layersOf(scene.elements, room, scene.scene.background),
      };
    }),
    top: layersOf(timeline.elements, span, undefined),
  };
}

function layersOf(
  placed: readonly PlacedElement[],
  room: FrameRange,
  background: string | undefined,
): readonly Layer[] {
  const layers: Layer[] = [];
  let run: PlacedElement[] = [];
  const close = () => {
    const isBase = layers.length === 0 && background !== undefined;
    const cuts = cutsOf(run, room);
    const steps = cuts.map(({ from }) => ({ at: from - room.from, elements: shownAt(run, from) }));
    if (isBase || steps.some(({ elements }) => elements.length > 0)) {
      layers.push({ kind: 'stills', background: isBase ? background : undefined, steps });
    }
    run = [];
  };
  for (const one of placed) {
    if (one.from >= room.to || one.to <= room.from) continue;
    const { element } = one;
    if (element.type === 'audio') continue;
    if (isStill(element) && !fadesIn(one, room)) {
      run.push(one);
      continue;
    }
    close();
    const range = { from: Math.max(one.from, room.from) - room.from, to: Math.min(one.to, room.to) - room.from };
    // A fade lies inside the stretch as a whole, or outside of it as a whole.
    const fadeIn = one.from >= room.from ? one.fadeIn : 0;
    const fadeOut = one.to <= room.to ? one.fadeOut : 0;
    if (isStill(element)) layers.push({ kind: 'fading', element, ...range, fadeIn, fadeOut });
    else layers.push({ kind: 'video', element, ...range, fadeIn, fadeOut });
  }
  if (run.length > 0 || layers.length === 0) close();
  return layers;
}

function fadesIn({ from, to, fadeIn, fadeOut }: PlacedElement, room: FrameRange): boolean {
  const appears = fadeIn > 0 && from < room.to && from + fadeIn > room.from;
  return appears || (fadeOut > 0 && to - fadeOut < room.to && to > room.from);
}
