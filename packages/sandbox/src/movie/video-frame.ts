import type { SourceMedia } from './media-loader.ts';
import type { VideoElement } from './movie.ts';
import { SAFE_MARGIN, type Side, type Size, sidesOf } from './position.ts';

/** How a video is brought into its box, in words of FFmpeg. */
export interface VideoFrame {
  readonly scale: string;
  /** What stands behind a video that is shown on a blurred copy of itself, and the video before it. */
  readonly blur: { readonly behind: string; readonly before: string } | undefined;
  /** Expressions of `overlay`. */
  readonly x: string;
  readonly y: string;
}

/**
 * A video stands whole in the frame by default, as large as it can. A box narrows it; with one side of the box alone the
 * other follows the video's own proportions.
 */
export function videoFrame(element: VideoElement, frame: Size, media: SourceMedia): VideoFrame {
  const asked = { width: even(element.width), height: even(element.height) };
  const free = asked.width === undefined && asked.height === undefined;
  const box: Partial<Size> = free
    ? frame
    : {
        ...(asked.width === undefined ? {} : { width: asked.width }),
        ...(asked.height === undefined ? {} : { height: asked.height }),
      };
  const { across, down } = sidesOf(element.position);
  const fits = fitting(element, box, colorsOf(media));
  return {
    ...fits,
    x: along({ at: element.x, box: box.width, frame: frame.width, side: across, names: ['W', 'w'] }),
    y: along({ at: element.y, box: box.height, frame: frame.height, side: down, names: ['H', 'h'] }),
  };
}

function fitting(
  { fit }: VideoElement,
  { width, height }: Partial<Size>,
  colors: string,
): Pick<VideoFrame, 'scale' | 'blur'> {
  // Pixels that are not square, as DV and some cameras store them, are made square first.
  const square = (options: string) => `scale=trunc(iw*sar/2)*2:ih${colors},setsar=1,scale=${options}`;
  const one = (options: string) => ({ scale: `${square(options)},setsar=1`, blur: undefined });
  if (width === undefined || height === undefined) return one(`${width ?? -2}:${height ?? -2}`);
  const size = `${width}:${height}`;
  const inside = `${size}:force_original_aspect_ratio=decrease:force_divisible_by=2`;
  const outside = `${size}:force_original_aspect_ratio=increase:force_divisible_by=2`;
  if (fit === 'fill') return one(size);
  if (fit === 'cover') return one(`${outside},crop=${size}`);
  if (fit === 'contain') return one(inside);
  const small = `${even(Math.max(16, width / 8))}:${even(Math.max(16, height / 8))}`;
  return {
    scale: square('trunc(iw/2)*2:trunc(ih/2)*2'),
    blur: {
      // Blurring an eighth of the picture costs a sixty-fourth and looks the same once it is enlarged.
      behind: `scale=${outside},crop=${size},scale=${small},boxblur=3:2,lutyuv=y=16+(val-16)*0.8,scale=${size},setsar=1`,
      before: `scale=${inside},setsar=1`,
    },
  };
}

/** Untagged video is BT.709 in HD and BT.601 below it, to every player; FFmpeg would take it for BT.601 always. */
function colorsOf({ info }: SourceMedia): string {
  const matrix =
    info.colorMatrix === undefined ? `:in_color_matrix=${(info.height ?? 0) >= 720 ? 'bt709' : 'bt601'}` : '';
  return `${matrix}:out_color_matrix=bt709:out_range=tv`;
}

interface Placement {
  readonly at: number | undefined;
  readonly box: number | undefined;
  readonly frame: number;
  readonly side: Side;
  readonly names: readonly [frame: string, shown: string];
}

/** The left or upper edge: of the box where it is known, with what is shown centred in it, else of what is shown. */
function along({ at, box, frame, side, names: [outer, shown] }: Placement): string {
  if (box !== undefined) {
    const margin = Math.min(frame * SAFE_MARGIN, (frame - box) / 2);
    const edge = side === 'start' ? margin : side === 'end' ? frame - box - margin : (frame - box) / 2;
    return `${Math.round(at ?? edge)}+(${box}-${shown})/2`;
  }
  if (at !== undefined) return String(Math.round(at));
  const margin = `min(${outer}*${SAFE_MARGIN}\\,(${outer}-${shown})/2)`;
  if (side === 'start') return margin;
  return side === 'end' ? `${outer}-${shown}-${margin}` : `(${outer}-${shown})/2`;
}

/** Colour is stored for two by two pixels. */
function even(pixels: number | undefined): number | undefined {
  return pixels === undefined ? undefined : Math.max(2, Math.round(pixels / 2) * 2);
}
