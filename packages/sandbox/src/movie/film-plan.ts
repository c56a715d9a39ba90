import { isStill, type StillElement } from './movie.ts';
import type { FrameRange, PlacedElement, Timeline } from './timeline.ts';

/** A stretch of film in which nothing changes. */
export interface StillSpan extends FrameRange {
  readonly kind: 'still';
  readonly background: string;
  /** Bottom to top. */
  readonly elements: readonly StillElement[];
}

/** A stretch in which something moves: a video, a fade, a change of scene. */
export interface MovingSpan extends FrameRange {
  readonly kind: 'moving';
}

export type Span = StillSpan | MovingSpan;

/**
 * Cuts a film into stretches that move and stretches that do not: what stands still is encoded for a second and
 * repeated, so only motion costs what a film costs.
 */
export function planFilm(timeline: Timeline): readonly Span[] {
  const spans: Span[] = [];
  let at = 0;
  for (const motion of joined(motionOf(timeline))) {
    spans.push(...stillsBetween(timeline, at, motion.from), { kind: 'moving', ...motion });
    at = motion.to;
  }
  return [...spans, ...stillsBetween(timeline, at, timeline.frames)];
}

function motionOf({ scenes, elements }: Timeline): readonly FrameRange[] {
  const changes = scenes.flatMap(({ transition, from }, index) =>
    transition === undefined ? [] : [{ from, to: scenes[index - 1]?.to ?? from }],
  );
  const inside = [...elements, ...scenes.flatMap((scene) => scene.elements)].flatMap(movesIn);
  return [...changes, ...inside].filter(({ from, to }) => to > from);
}

function movesIn({ element, from, to, fadeIn, fadeOut }: PlacedElement): readonly FrameRange[] {
  if (element.type === 'audio') return [];
  if (element.type === 'video') return [{ from, to }];
  return [
    { from, to: from + fadeIn },
    { from: to - fadeOut, to },
  ];
}

/** Ranges that overlap become one; ranges that only touch stay apart. */
function joined(ranges: readonly FrameRange[]): readonly FrameRange[] {
  const merged: FrameRange[] = [];
  for (const range of ranges.toSorted((a, b) => a.from - b.from)) {
    const last = merged.at(-1);
    if (last !== undefined && range.from < last.to) {
      merged[merged.length - 1] = { from: last.from, to: Math.max(last.to, range.to) };
    } else merged.push(range);
  }
  return merged;
}

/** Outside of changes exactly one scene is on screen at a time. */
function stillsBetween(timeline: Timeline, from: number, to: number): readonly StillSpan[] {
  return timeline.scenes.flatMap((scene): readonly StillSpan[] => {
    const room = { from: Math.max(from, scene.from), to: Math.min(to, scene.to) };
    if (room.to <= room.from) return [];
    const placed = [...scene.elements, ...timeline.elements];
    return cutsOf(placed, room).map((cut) => ({
      kind: 'still',
      ...cut,
      background: scene.scene.background,
      elements: shownAt(placed, cut.from),
    }));
  });
}

/** Splits a range wherever an element appears or leaves. */
export function cutsOf(placed: readonly PlacedElement[], { from, to }: FrameRange): readonly FrameRange[] {
  const inside = placed.flatMap((element) =>
    isStill(element.element) ? [element.from, element.to].filter((cut) => cut > from && cut < to) : [],
  );
  const cuts = [...new Set([from, ...inside, to])].sort((a, b) => a - b);
  return cuts.slice(0, -1).map((cut, index) => ({ from: cut, to: cuts[index + 1] ?? to }));
}

/** What stands still on screen at a frame, bottom to top. */
export function shownAt(placed: readonly PlacedElement[], frame: number): readonly StillElement[] {
  return placed.flatMap(({ element, from, to }) => (isStill(element) && from <= frame && to > frame ? [element] : []));
}
