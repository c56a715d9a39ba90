import type { Pen, Picture } from '../media/canvas.ts';
import type { ImageElement } from './movie-script.ts';
import { placeBox, type Size } from './position.ts';

/** Draws a picture: whole and inside the frame by default, never enlarged unless a box asks for it. */
export function drawImage(pen: Pen, frame: Size, element: ImageElement, picture: Picture): void {
  const natural = { width: picture.width, height: picture.height };
  const box = boxOf(frame, element, natural);
  const placed = placeBox(frame, box, element.position);
  const left = element.x ?? placed.x;
  const top = element.y ?? placed.y;
  pen.imageSmoothingEnabled = true;
  pen.imageSmoothingQuality = 'high';
  if (element.fit === 'cover') {
    const part = scaleInto(box, natural);
    pen.drawImage(
      picture,
      (natural.width - part.width) / 2,
      (natural.height - part.height) / 2,
      part.width,
      part.height,
      left,
      top,
      box.width,
      box.height,
    );
    return;
  }
  const shown = element.fit === 'fill' ? box : scaleInto(natural, box);
  pen.drawImage(
    picture,
    left + (box.width - shown.width) / 2,
    top + (box.height - shown.height) / 2,
    shown.width,
    shown.height,
  );
}

/** The box that the element asks for; a missing side follows the picture's own proportions. */
function boxOf(frame: Size, { width, height }: ImageElement, natural: Size): Size {
  if (width !== undefined && height !== undefined) return { width, height };
  if (width !== undefined) return { width, height: (width * natural.height) / natural.width };
  if (height !== undefined) return { width: (height * natural.width) / natural.height, height };
  if (natural.width <= frame.width && natural.height <= frame.height) return natural;
  return scaleInto(natural, frame);
}

/** The largest size with the proportions of `shape` that stands inside `room`. */
function scaleInto(shape: Size, room: Size): Size {
  const factor = Math.min(room.width / shape.width, room.height / shape.height);
  return { width: shape.width * factor, height: shape.height * factor };
}
