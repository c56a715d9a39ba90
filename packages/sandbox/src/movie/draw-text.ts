import type { Pen } from '../media/canvas.ts';
import { FONT_FAMILY } from '../media/fonts.ts';
import type { TextElement } from './movie-script.ts';
import { placeBox, SAFE_MARGIN, type Side, type Size, sidesOf } from './position.ts';
import { wrapText } from './wrap-text.ts';

const LINE_HEIGHT = 1.25;
const ALIGN: Readonly<Record<Side, 'left' | 'center' | 'right'>> = { start: 'left', middle: 'center', end: 'right' };

/** Draws a text wrapped inside the safe area. Returns a warning when the text is taller than the frame. */
export function drawText(pen: Pen, frame: Size, element: TextElement): string | undefined {
  pen.font = `${element.bold ? 700 : 400} ${element.fontSize}px ${FONT_FAMILY}`;
  pen.textBaseline = 'alphabetic';
  pen.fillStyle = element.color;

  const room = frame.width * (1 - 2 * SAFE_MARGIN);
  const maxWidth = element.width ?? (element.x === undefined ? room : Math.max(1, frame.width - element.x));
  const lines = wrapText(element.text, maxWidth, (text) => pen.measureText(text).width);
  const widest = Math.max(...lines.map((line) => pen.measureText(line).width));
  const lineHeight = element.fontSize * LINE_HEIGHT;
  const box = { width: element.width ?? widest, height: lines.length * lineHeight };
  const placed = placeBox(frame, box, element.position);
  const left = element.x ?? placed.x;
  const top = element.y ?? placed.y;

  const align = element.align ?? ALIGN[sidesOf(element.position).across];
  pen.textAlign = align;
  const anchor = align === 'left' ? left : align === 'right' ? left + box.width : left + box.width / 2;
  const { fontBoundingBoxAscent: ascent, fontBoundingBoxDescent: descent } = pen.measureText('x');
  const toBaseline = (lineHeight - ascent - descent) / 2 + ascent;
  for (const [index, line] of lines.entries()) pen.fillText(line, anchor, top + index * lineHeight + toBaseline);
  return box.height > frame.height ? `${element.path}: the text is taller than the frame and is cut off.` : undefined;
}
