import type { Pen } from '../media/canvas.ts';
import { FONT_FAMILIES, withoutKeyCaps } from '../media/fonts.ts';
import type { TextElement } from './movie.ts';
import { placeBox, SAFE_MARGIN, type Side, type Size, sidesOf } from './position.ts';
import { wrapText } from './wrap-text.ts';

const LINE_HEIGHT = 1.25;
/** Of the font size: what a box behind a text adds on every side, and how round its corners are. */
const BOX_PADDING = 0.3;
const BOX_ROUNDING = 0.2;
const ALIGN: Readonly<Record<Side, 'left' | 'center' | 'right'>> = { start: 'left', middle: 'center', end: 'right' };

/** Draws a text wrapped inside the safe area. Returns a warning when the text is taller than the frame. */
export function drawText(pen: Pen, frame: Size, element: TextElement): string | undefined {
  pen.font = `${element.bold ? 700 : 400} ${element.fontSize}px ${FONT_FAMILIES}`;
  pen.textBaseline = 'alphabetic';
  pen.direction = directionOf(element.text);

  const padding = element.background === undefined ? 0 : element.fontSize * BOX_PADDING;
  const room = frame.width * (1 - 2 * SAFE_MARGIN) - 2 * padding;
  const maxWidth = element.width ?? (element.x === undefined ? room : Math.max(1, frame.width - element.x - padding));
  const lines = wrapText(withoutKeyCaps(element.text), maxWidth, (text) => pen.measureText(text).width);
  const widest = Math.max(...lines.map((line) => pen.measureText(line).width));
  const lineHeight = element.fontSize * LINE_HEIGHT;
  const box = { width: element.width ?? widest, height: lines.length * lineHeight };
  const placed = placeBox(frame, { width: box.width + 2 * padding, height: box.height + padding }, element.position);
  const left = element.x ?? placed.x + padding;
  const top = element.y ?? placed.y + padding / 2;

  if (element.background !== undefined) {
    pen.fillStyle = element.background;
    pen.beginPath();
    const rounding = element.fontSize * BOX_ROUNDING;
    pen.roundRect(left - padding, top - padding / 2, box.width + 2 * padding, box.height + padding, rounding);
    pen.fill();
  }

  const align = element.align ?? ALIGN[sidesOf(element.position).across];
  pen.fillStyle = element.color;
  pen.textAlign = align;
  const anchor = align === 'left' ? left : align === 'right' ? left + box.width : left + box.width / 2;
  const { fontBoundingBoxAscent: ascent, fontBoundingBoxDescent: descent } = pen.measureText('x');
  const toBaseline = (lineHeight - ascent - descent) / 2 + ascent;
  for (const [index, line] of lines.entries()) pen.fillText(line, anchor, top + index * lineHeight + toBaseline);
  return box.height > frame.height ? `${element.path}: the text is taller than the frame and is cut off.` : undefined;
}

/** The direction of the first letter that has one, as browsers choose it for `dir="auto"` (Unicode UAX 9, P2). */
function directionOf(text: string): 'ltr' | 'rtl' {
  const letter = /\p{L}/u.exec(text)?.[0] ?? '';
  return /[\p{Script=Arabic}\p{Script=Hebrew}]/u.test(letter) ? 'rtl' : 'ltr';
}
