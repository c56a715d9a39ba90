/** The nine places of a frame. PhantomFlow's pages show `center` and `bottom-center`; the rest follows their pattern. */
export const POSITIONS = [
  'top-left',
  'top-center',
  'top-right',
  'center-left',
  'center',
  'center-right',
  'bottom-left',
  'bottom-center',
  'bottom-right',
] as const;

export type Position = (typeof POSITIONS)[number];
export type Side = 'start' | 'middle' | 'end';

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Share of each frame edge that text and pictures keep clear of, as title-safe areas do. */
export const SAFE_MARGIN = 0.05;

export function sidesOf(position: Position): { readonly across: Side; readonly down: Side } {
  return {
    across: position.endsWith('left') ? 'start' : position.endsWith('right') ? 'end' : 'middle',
    down: position.startsWith('top') ? 'start' : position.startsWith('bottom') ? 'end' : 'middle',
  };
}

/**
 * Top left corner, in whole pixels, of a box at a named position. The box keeps the safe margin; one too large for that
 * is centred between the edges instead, so that a picture as large as the frame fills it exactly.
 */
export function placeBox(frame: Size, box: Size, position: Position): Point {
  const { across, down } = sidesOf(position);
  return { x: along(frame.width, box.width, across), y: along(frame.height, box.height, down) };
}

function along(frame: number, box: number, side: Side): number {
  const margin = Math.min(frame * SAFE_MARGIN, (frame - box) / 2);
  if (side === 'start') return Math.round(margin);
  if (side === 'end') return Math.round(frame - box - margin);
  return Math.round((frame - box) / 2);
}
