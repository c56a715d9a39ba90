import { loadCanvas, type Picture } from '../media/canvas.ts';
import { drawImage } from './draw-image.ts';
import { drawText } from './draw-text.ts';
import type { Movie } from './movie-script.ts';
import type { Still } from './still-plan.ts';

export interface DrawnStill {
  readonly png: Buffer;
  readonly warnings: readonly string[];
}

/** Draws one picture of a film. `pictures` holds every image of the script by its address. */
export async function drawStill(
  still: Still,
  movie: Movie,
  pictures: ReadonlyMap<string, Picture>,
): Promise<DrawnStill> {
  const { createCanvas } = await loadCanvas();
  const canvas = createCanvas(movie.width, movie.height);
  const pen = canvas.getContext('2d');
  const warnings: string[] = [];
  // A background may be translucent; the film behind it is black.
  for (const color of ['#000000', still.background]) {
    pen.fillStyle = color;
    pen.fillRect(0, 0, movie.width, movie.height);
  }
  for (const element of still.elements) {
    pen.globalAlpha = element.opacity;
    if (element.type === 'text') {
      const warning = drawText(pen, movie, element);
      if (warning !== undefined) warnings.push(warning);
    } else {
      const picture = pictures.get(element.src);
      if (picture !== undefined) drawImage(pen, movie, element, picture);
    }
  }
  return { png: await canvas.encode('png'), warnings };
}
