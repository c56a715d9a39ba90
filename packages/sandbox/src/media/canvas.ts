import type * as CanvasModule from '@napi-rs/canvas';
import { PACKAGED_FONTS } from './fonts.ts';

export type Canvas = CanvasModule.Canvas;
export type Pen = CanvasModule.SKRSContext2D;
export type Picture = CanvasModule.Image;

let loading: Promise<typeof CanvasModule> | undefined;

/**
 * Loads the native canvas on first use: it costs 35 MB and half a second that a process which never draws should not
 * pay. Only the packaged fonts are registered, so that text looks the same on every machine: a character that none of
 * them has comes out as a box, which `undrawableWords` reports.
 */
export function loadCanvas(): Promise<typeof CanvasModule> {
  loading ??= load();
  return loading;
}

async function load(): Promise<typeof CanvasModule> {
  const before = process.env.DISABLE_SYSTEM_FONTS_LOAD;
  // Read once, while the module loads.
  process.env.DISABLE_SYSTEM_FONTS_LOAD = '1';
  try {
    const canvas = await import('@napi-rs/canvas');
    for (const { family, files } of PACKAGED_FONTS) {
      for (const path of files) canvas.GlobalFonts.registerFromPath(path, family);
    }
    return canvas;
  } finally {
    if (before === undefined) delete process.env.DISABLE_SYSTEM_FONTS_LOAD;
    else process.env.DISABLE_SYSTEM_FONTS_LOAD = before;
  }
}
