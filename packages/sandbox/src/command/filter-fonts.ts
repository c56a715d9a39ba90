import type { EngineInfo } from '../engine/renderer.ts';
import { appendOption, type Filter } from './filter-graph.ts';

/** Where libass looks for fonts: a folder of its own, because it reads every file in there. */
export const FONT_FOLDER = 'renderq-fonts';
export const FONT_FILE = `${FONT_FOLDER}/Inter.ttf`;

const FAMILY = 'Inter';

export function drawsText({ name }: Filter): boolean {
  return name === 'drawtext' || name === 'subtitles' || name === 'ass';
}

/**
 * Names the packaged font in every filter that draws text. The WebAssembly build has no fontconfig: there, a family that
 * stands in no file draws nothing at all, so it is replaced. A native FFmpeg finds other families by itself.
 */
export function withFonts(graph: string, filters: readonly Filter[], engine: EngineInfo['kind']): string {
  // From the back, so that the offsets of the filters in front stay true.
  return filters.toReversed().reduce((text, filter) => {
    const options = fontOptions(filter, engine);
    return options.length === 0 ? text : appendOption(text, filter, options.join(':'));
  }, graph);
}

function fontOptions(filter: Filter, engine: EngineInfo['kind']): readonly string[] {
  const optionValue = (key: string) => filter.options.findLast((option) => option.key === key)?.value;
  if (filter.name === 'drawtext') return optionValue('fontfile') === undefined ? [`fontfile=${FONT_FILE}`] : [];
  if (filter.name === 'ass') return [`fontsdir=${FONT_FOLDER}`];
  if (filter.name !== 'subtitles') return [];
  const style = optionValue('force_style');
  const named = style?.split(',').some((part) => /^\s*FontName\s*=/i.test(part)) ?? false;
  if (named && engine === 'native') return [`fontsdir=${FONT_FOLDER}`];
  const rest = style?.split(',').filter((part) => !/^\s*FontName\s*=/i.test(part)) ?? [];
  // A later option of the same name replaces the earlier one.
  return [`fontsdir=${FONT_FOLDER}`, `force_style=${escapeOptionValue([...rest, `FontName=${FAMILY}`].join(','))}`];
}

/** Escapes a value for its option (`\ ' :`), and then the option for the graph (`\ ' [ ] , ;`). */
export function escapeOptionValue(value: string): string {
  return value.replace(/[\\':]/g, '\\$&').replace(/[\\'[\],;]/g, '\\$&');
}

/** Makes every style and every \fn tag of an ASS script use the packaged font. */
export function withScriptFont(script: string): string {
  return script.replace(/^(Style:[^,\n]*,)[^,\n]*/gm, `$1${FAMILY}`).replace(/\\fn[^\\}\n]*/g, `\\fn${FAMILY}`);
}
