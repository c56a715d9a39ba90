import type { Movie, MovieElement } from './movie-script.ts';

/** A stretch of film in which nothing changes. Movie scripts have no motion, so a film is a row of these. */
export interface Still {
  readonly background: string;
  /** Bottom to top. */
  readonly elements: readonly MovieElement[];
  readonly frames: number;
}

/**
 * Cuts a film where a scene begins or an element appears or leaves. Cuts fall on frame boundaries counted from the start
 * of the film, so that rounding never adds up; a scene shorter than a frame still gets one.
 */
export function planStills(movie: Movie): readonly Still[] {
  const stills: Still[] = [];
  let elapsed = 0;
  let frame = 0;
  for (const scene of movie.scenes) {
    const frameAt = (seconds: number) => Math.round((elapsed + seconds) * movie.fps);
    const sceneEnd = Math.max(frame + 1, frameAt(scene.durationSeconds));
    const changes = scene.elements.flatMap(({ start, end }) => [
      frameAt(start),
      end === Number.POSITIVE_INFINITY ? sceneEnd : frameAt(end),
    ]);
    const inside = changes.filter((cut) => cut > frame && cut < sceneEnd);
    const cuts = [...new Set([frame, ...inside, sceneEnd])].sort((a, b) => a - b);
    for (const [index, from] of cuts.slice(0, -1).entries()) {
      const elements = scene.elements.filter(
        (element) => frameAt(element.start) <= from && frameAt(element.end) > from,
      );
      stills.push({ background: scene.background, elements, frames: (cuts[index + 1] ?? from) - from });
    }
    elapsed += scene.durationSeconds;
    frame = sceneEnd;
  }
  return stills;
}
