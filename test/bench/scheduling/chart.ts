import type { Result } from './average.ts';
import { element, label } from './svg.ts';

export interface ChartRow {
  readonly client: string;
  readonly result: Result;
}

export interface ChartGroup {
  readonly title: string;
  readonly rows: readonly ChartRow[];
}

const WIDTH = 980;
const MARGIN = 28;
const TOP = 96;
const ROW = 21;
const BAR = 13;
const GROUP_HEAD = 34;
const GROUP_GAP = 12;
const FOOT = 44;
/** Where the columns begin and how wide their scales are. */
const TIME = { x: 238, width: 330, most: 2.25 };
const REFUSED = { x: 640, width: 120 };
const BROKEN = { x: 836 };

const INK = '#1c2430';
const SOFT = '#6b7686';
const RULE = '#e3e7ed';
const OURS = '#0b7a75';
const OURS_SOFT = '#5fb3ae';
const THEIRS = '#aeb8c4';
const ALARM = '#c8553d';
const FONT = "Inter, 'Segoe UI', system-ui, -apple-system, sans-serif";

/**
 * A chart of one weather: for each plan and client the makespan as a multiple of the physical limit, the refusals, and
 * the items that were lost or rendered twice. The bars of a run that lost items are hollow: it did less work.
 */
export function drawChart(title: string, subtitle: string, groups: readonly ChartGroup[]): string {
  const most429 = Math.max(1, ...groups.flatMap(({ rows }) => rows.map(({ result }) => refusalsOf(result))));
  let y = TOP;
  const parts: string[] = [];
  for (const group of groups) {
    parts.push(label(group.title, { x: MARGIN, y: y + 20, 'font-size': 14, 'font-weight': 600, fill: INK }));
    const top = y + GROUP_HEAD - 4;
    const bottom = top + group.rows.length * ROW;
    parts.push(drawScale(top, bottom));
    group.rows.forEach((row, index) => {
      parts.push(drawRow(row, top + index * ROW, most429));
    });
    y = bottom + GROUP_GAP;
  }
  const height = y + FOOT;
  const head = [
    element('rect', { width: WIDTH, height, rx: 10, fill: '#ffffff', stroke: RULE }),
    label(title, { x: MARGIN, y: 38, 'font-size': 19, 'font-weight': 700, fill: INK }),
    label(subtitle, { x: MARGIN, y: 60, 'font-size': 12.5, fill: SOFT }),
    ...[
      ['time, as a multiple of the physical limit', TIME.x],
      ['requests refused (429)', REFUSED.x],
      ['lost · twice', BROKEN.x],
    ].map(([text, x]) => label(String(text), { x: Number(x), y: 88, 'font-size': 11.5, fill: SOFT })),
  ];
  const foot = label(
    'Virtual time; every client meets the same simulated account and the same render times. Hollow: items were lost.',
    {
      x: MARGIN,
      y: height - 18,
      'font-size': 11.5,
      fill: SOFT,
    },
  );
  const frame = { xmlns: 'http://www.w3.org/2000/svg', viewBox: `0 0 ${WIDTH} ${height}`, width: WIDTH, height };
  return `${element('svg', { ...frame, role: 'img', 'font-family': FONT }, element('title', {}, title), ...head, ...parts, foot)}\n`;
}

const widthOf = (multiple: number) => (Math.min(multiple, TIME.most) / TIME.most) * TIME.width;

function drawScale(top: number, bottom: number): string {
  const lines = [0, 0.5, 1, 1.5, 2].map((multiple) => {
    const x = TIME.x + widthOf(multiple);
    const isLimit = multiple === 1;
    return element('line', {
      x1: x,
      x2: x,
      y1: top - 4,
      y2: bottom,
      stroke: isLimit ? SOFT : RULE,
      ...(isLimit && { 'stroke-dasharray': '3 3' }),
    });
  });
  return lines.join('');
}

function drawRow({ client, result }: ChartRow, y: number, most429: number): string {
  const isOurs = client.startsWith('renderq');
  const colour = client === 'renderq' ? OURS : isOurs ? OURS_SOFT : THEIRS;
  const barY = y + (ROW - BAR) / 2;
  const textY = y + ROW / 2 + 4;
  const multiple = result.makespanMs / result.physicalMs;
  const isWhole = result.lost === 0;
  const bar = element('rect', {
    x: TIME.x,
    y: barY + (isWhole ? 0 : 0.5),
    width: Math.max(2, widthOf(multiple)),
    height: isWhole ? BAR : BAR - 1,
    rx: 2,
    fill: isWhole ? colour : '#ffffff',
    stroke: colour,
  });
  const refused = refusalsOf(result);
  const refusedWidth = (refused / most429) * REFUSED.width;
  const broken = result.lost + result.duplicates + result.misassigned;
  const number = { 'font-size': 11.5, fill: INK };
  return [
    label(client, { x: MARGIN + 8, y: textY, 'font-size': 12.5, fill: INK, 'font-weight': isOurs ? 600 : 400 }),
    bar,
    multiple > TIME.most ? drawBreak(TIME.x + TIME.width - 16, y) : '',
    label(`${multiple.toFixed(2)} ×`, { ...number, x: TIME.x + widthOf(multiple) + 7, y: textY }),
    element('rect', {
      x: REFUSED.x,
      y: barY,
      width: Math.max(1, refusedWidth),
      height: BAR,
      rx: 2,
      fill: refused === 0 ? RULE : ALARM,
    }),
    label(shown(refused), { ...number, x: REFUSED.x + refusedWidth + 7, y: textY }),
    label(`${shown(result.lost)} · ${shown(result.duplicates)}`, {
      ...number,
      x: BROKEN.x,
      y: textY,
      fill: broken === 0 ? SOFT : ALARM,
      'font-weight': broken === 0 ? 400 : 600,
    }),
  ].join('');
}

/** Two strokes through a bar that is longer than the scale. */
function drawBreak(x: number, y: number): string {
  const stroke = (shift: number) => `M${x + shift} ${y + ROW - 2}l5 ${4 - ROW}`;
  return element('path', { d: `${stroke(0)}${stroke(5)}`, stroke: '#ffffff', 'stroke-width': 2.5, fill: 'none' });
}

function refusalsOf({ refusedRate, refusedSlots, queueFull }: Result): number {
  return refusedRate + refusedSlots + queueFull;
}

function shown(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(1);
}
