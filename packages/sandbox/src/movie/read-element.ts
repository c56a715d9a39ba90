import { drawableText } from './drawable-text.ts';
import type { MovieElement, TextElement } from './movie.ts';
import { POSITIONS } from './position.ts';
import { ELEMENT_KEYS } from './schema.ts';
import { type Fields, numberOr, oneOf, textOr } from './script-fields.ts';

const FITS = ['contain', 'cover', 'fill', 'blur'] as const;

/** Fills in the defaults of an element; what will not be drawn as written is added to `warnings`. */
export function readElement(element: Fields, path: string, warnings: string[]): MovieElement {
  const type = oneOf(element.type, ['text', 'image', 'video', 'audio'], 'text');
  reportUnknown(element, ELEMENT_KEYS[type], path, warnings);
  switch (type) {
    case 'text':
      return readText(element, path, warnings);
    case 'image':
      return {
        ...readTimes(element, path),
        ...readBox(element),
        type,
        src: textOr(element.src, ''),
        fit: fitOf(element),
      };
    case 'video':
      return {
        ...readTimes(element, path),
        ...readBox(element),
        ...readSound(element),
        ...(element.muted === true ? { volume: 0 } : {}),
        type,
        fit: fitOf(element),
      };
    case 'audio':
      return { ...readTimes(element, path), ...readSound(element), type };
  }
}

/** Reads everything about a text: what subtitles say about their looks is read the same way. */
export function readText(element: Fields, path: string, warnings: string[]): TextElement {
  const { text, leftOut } = drawableText(textOr(element.text, ''));
  if (leftOut > 0) warnings.push(`${path}: control characters have no shape; ${leftOut} left out of the text.`);
  return {
    ...readTimes(element, path),
    ...readBox(element),
    type: 'text',
    text,
    fontSize: numberOr(element.font_size, 48),
    color: textOr(element.color, '#FFFFFF'),
    background: textOr(element.background, undefined),
    bold: element.font_weight === 'bold' || element.font_weight === 700,
    align: oneOf(element.align, ['left', 'center', 'right'], undefined),
  };
}

export function reportUnknown(fields: Fields, known: ReadonlySet<string>, path: string, warnings: string[]): void {
  for (const key of Object.keys(fields)) {
    if (!known.has(key))
      warnings.push(
        `${path === '' ? '' : `${path}/`}${key.slice(0, 60)} is not known to the local renderer and has no effect.`,
      );
  }
}

function readTimes(element: Fields, path: string) {
  const start = numberOr(element.start, 0);
  return {
    path,
    start,
    end: start + numberOr(element.duration, Number.POSITIVE_INFINITY),
    fadeIn: numberOr(element.fade_in, 0),
    fadeOut: numberOr(element.fade_out, 0),
  };
}

function readBox(element: Fields) {
  return {
    position: oneOf(element.position, POSITIONS, 'center'),
    x: numberOr(element.x, undefined),
    y: numberOr(element.y, undefined),
    width: numberOr(element.width, undefined),
    height: numberOr(element.height, undefined),
    opacity: numberOr(element.opacity, 1),
  };
}

function readSound(element: Fields) {
  return {
    src: textOr(element.src, ''),
    volume: numberOr(element.volume, 1),
    seek: numberOr(element.seek, 0),
    loop: element.loop === true,
  };
}

function fitOf(element: Fields) {
  return oneOf(element.fit, FITS, 'contain');
}
