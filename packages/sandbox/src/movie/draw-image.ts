import type { Pen, Picture } from '../media/canvas.ts';
import type { ImageElement } from './movie.ts';
import { placeBox, type Size } from './position.ts';

/** How far a blurred surrounding is blurred, of the longer side of its box. */
const BLUR_SHARE = 0.03;

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
    cover(pen, picture, { ...box, left, top });
    return;
  }
  if (element.fit === 'blur') {
    pen.save();
    pen.beginPath();
    pen.rect(left, top, box.width, box.height);
    pen.clip();
    pen.filter = `blur(${Math.round(Math.max(box.width, box.height) * BLUR_SHARE)}px) brightness(80%)`;
    // A blur fades towards the edges: the copy stands over them.
    const over = Math.max(box.width, box.height) * BLUR_SHARE * 2;
    cover(pen, picture, {
      width: box.width + 2 * over,
      height: box.height + 2 * over,
      left: left - over,
      top: top - over,
    });
    pen.restore();
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

function cover(pen: Pen, picture: Picture, box: Size & { readonly left: number; readonly top: number }): void {
  const part = scaleInto(box, picture);
  pen.drawImage(
    picture,
    (picture.width - part.width) / 2,
    (picture.height - part.height) / 2,
    part.width,
    part.height,
    box.left,
    box.top,
    box.width,
    box.height,
  );
}

/** The box that the element asks for; a missing side follows the picture's own proportions. */
function boxOf(frame: Size, { width, height, fit }: ImageElement, natural: Size): Size {
  if (width !== undefined && height !== undefined) return { width, height };
  if (width === undefined && height === undefined && fit !== 'contain') return frame;
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
