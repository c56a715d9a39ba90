import type { Picture } from '../media/canvas.ts';
import type { SourceMedia } from './media-loader.ts';
import type { Movie } from './movie.ts';
import type { Timeline } from './timeline.ts';

/** A film whose sources are all in the work folder, placed in time. */
export interface PreparedFilm {
  readonly movie: Movie;
  readonly timeline: Timeline;
  readonly pictures: ReadonlyMap<string, Picture>;
  readonly media: ReadonlyMap<string, SourceMedia>;
  readonly warnings: Set<string>;
  /** Files of the work folder that belong to the sources. */
  readonly files: readonly string[];
}
