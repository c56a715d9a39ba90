import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Canvas, loadCanvas, type Pen, type Picture } from '../media/canvas.ts';
import { drawImage } from './draw-image.ts';
import { drawText } from './draw-text.ts';
import type { StillElement } from './movie.ts';
import type { Size } from './position.ts';

export interface LayerDrawing {
  /** One PNG for each step, all of one size; empty where nothing is to be seen in any of them. */
  readonly pngs: readonly Buffer[];
  /** Where their top left corner stands in the frame, in even pixels: colour is stored for two by two of them. */
  readonly x: number;
  readonly y: number;
  readonly warnings: readonly string[];
}

export interface LayerContent {
  /** Colour that fills the frame behind the elements; undefined for a layer that one can look through. */
  readonly background: string | undefined;
  readonly steps: readonly { readonly elements: readonly StillElement[] }[];
}

/** What drawing needs beside the layer itself. */
export interface DrawingRoom {
  readonly frame: Size;
  /** Every image of the script by its address. */
  readonly pictures: ReadonlyMap<string, Picture>;
  readonly signal: AbortSignal;
}

/** Pictures that are drawn before others get a turn: a film may have thousands of subtitles. */
const DRAWN_AT_ONCE = 16;

/** Draws a layer. A see-through layer is cut to its content. Throws the reason of the signal once that is aborted. */
export async function drawLayer({ background, steps }: LayerContent, room: DrawingRoom): Promise<LayerDrawing> {
  const { frame, signal } = room;
  const { createCanvas } = await loadCanvas();
  const canvas = createCanvas(frame.width, frame.height);
  const pen = canvas.getContext('2d');
  const warnings = new Set<string>();
  const draw = (element: StillElement) => {
    const warning = drawElement(pen, room, element);
    if (warning !== undefined) warnings.add(warning);
  };

  const whole = { left: 0, top: 0, right: frame.width, bottom: frame.height };
  let box: Box | undefined = whole;
  if (background === undefined) {
    // Everything on one canvas shows the box that all steps share.
    const elements = new Set(steps.flatMap((step) => step.elements));
    for (const [index, element] of [...elements].entries()) {
      if (index % DRAWN_AT_ONCE === DRAWN_AT_ONCE - 1) await nextTurn(undefined, { signal });
      draw(element);
    }
    box = contentOf(canvas, pen);
  }
  if (box === undefined) return { pngs: [], x: 0, y: 0, warnings: [...warnings] };
  const { left, top, right, bottom } = box;
  const pngs: Buffer[] = [];
  for (const { elements } of steps) {
    signal.throwIfAborted();
    pen.clearRect(0, 0, frame.width, frame.height);
    if (background !== undefined) fill(pen, frame, background);
    for (const element of elements) draw(element);
    const cut = createCanvas(right - left, bottom - top);
    cut.getContext('2d').drawImage(canvas, -left, -top);
    pngs.push(await cut.encode('png'));
  }
  return { pngs, x: left, y: top, warnings: [...warnings] };
}

/** A background may be translucent; the film behind it is black. */
function fill(pen: Pen, frame: Size, background: string): void {
  pen.globalAlpha = 1;
  for (const color of ['#000000', background]) {
    pen.fillStyle = color;
    pen.fillRect(0, 0, frame.width, frame.height);
  }
}

function drawElement(pen: Pen, { frame, pictures }: DrawingRoom, element: StillElement): string | undefined {
  pen.globalAlpha = element.opacity;
  if (element.type === 'text') return drawText(pen, frame, element);
  const picture = pictures.get(element.src);
  if (picture !== undefined) drawImage(pen, frame, element, picture);
  return undefined;
}

interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** The smallest box on even pixels around everything that is not wholly transparent. */
function contentOf({ width, height }: Canvas, pen: Pen): Box | undefined {
  const { data } = pen.getImageData(0, 0, width, height);
  const pixels = new Uint32Array(data.buffer, data.byteOffset, width * height);
  // Canvas pixels are red, green, blue, alpha in memory: in a little-endian word alpha is the highest byte.
  const isDrawn = (word: number | undefined) => (word ?? 0) >>> 24 !== 0;
  const first = pixels.findIndex(isDrawn);
  if (first < 0) return undefined;
  const top = Math.floor(first / width);
  const bottom = Math.floor(pixels.findLastIndex(isDrawn) / width) + 1;
  let [left, right] = [width, 0];
  for (let y = top; y < bottom; y += 1) {
    const row = pixels.subarray(y * width, (y + 1) * width);
    const begin = row.findIndex(isDrawn);
    if (begin < 0) continue;
    left = Math.min(left, begin);
    right = Math.max(right, row.findLastIndex(isDrawn) + 1);
  }
  return { left: left - (left % 2), top: top - (top % 2), right: right + (right % 2), bottom: bottom + (bottom % 2) };
}
