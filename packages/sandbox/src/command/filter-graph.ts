import { RenderFault } from '../engine/renderer.ts';

export interface FilterOption {
  /** undefined for a value given by its place. */
  readonly key: string | undefined;
  readonly value: string;
}

export interface Filter {
  /** Without the instance name after `@`. */
  readonly name: string;
  readonly options: readonly FilterOption[];
  /** Offset in the graph just behind the filter's name and arguments: where a further option can be written. */
  readonly end: number;
  readonly hasArguments: boolean;
}

interface Reading {
  readonly value: string;
  readonly end: number;
}

const BLANKS = ' \n\t\r';
const MAX_GRAPH = 8_192;
const MAX_FILTERS = 200;

/**
 * Reads a filter graph as FFmpeg itself does (libavfilter's graph parser, `av_get_token`): quotes and backslashes may
 * stand anywhere, even inside a filter's name, so `mo''vie` and `m\ovie` are `movie`. Names and options come back
 * unescaped. Throws RenderFault `invalid-command` for what FFmpeg would not understand, and for open quotes.
 */
export function parseFilterGraph(graph: string): readonly Filter[] {
  if (graph.length > MAX_GRAPH) throw refused(`The filter graph is longer than ${MAX_GRAPH} characters.`);
  const filters: Filter[] = [];
  let at = skipScalerFlags(graph, skipBlanks(graph, 0));
  for (;;) {
    at = skipLabels(graph, at);
    const name = readToken(graph, at, '=,;[');
    if (name.value === '') throw refused(`The filter graph has no filter name at position ${at}.`);
    const hasArguments = graph[name.end] === '=';
    const args = hasArguments ? readToken(graph, name.end + 1, '[],;') : { value: '', end: name.end };
    const [plainName = ''] = name.value.split('@', 1);
    filters.push({ name: plainName, options: parseOptions(args.value), end: args.end, hasArguments });
    if (filters.length > MAX_FILTERS) throw refused(`The filter graph has more than ${MAX_FILTERS} filters.`);
    at = skipLabels(graph, args.end);
    if (at >= graph.length) return filters;
    if (graph[at] !== ',' && graph[at] !== ';')
      throw refused(`The filter graph has an unexpected '${graph[at]}' at position ${at}.`);
    at = skipBlanks(graph, at + 1);
    // FFmpeg forgives one separator at the end.
    if (at >= graph.length) return filters;
  }
}

/** Reads the options of one filter: `key=value` or plain values, separated by `:` (FFmpeg's `av_opt_get_key_value`). */
export function parseOptions(args: string): readonly FilterOption[] {
  const options: FilterOption[] = [];
  let at = 0;
  while (at < args.length) {
    const key = /^[ \n\t\r]*([A-Za-z0-9_./-]+)[ \n\t\r]*=/.exec(args.slice(at));
    const value = readToken(args, at + (key === null ? 0 : key[0].length), ':');
    options.push({ key: key?.[1], value: value.value });
    at = value.end + 1;
  }
  return options;
}

/** Writes one more option behind a filter's own. The text must need no escaping. */
export function appendOption(graph: string, filter: Filter, option: string): string {
  return `${graph.slice(0, filter.end)}${filter.hasArguments ? ':' : '='}${option}${graph.slice(filter.end)}`;
}

/** `av_get_token`: blanks around are dropped unless quoted or escaped, `'...'` is literal, `\x` is x. */
function readToken(text: string, start: number, terminators: string): Reading {
  let value = '';
  let kept = 0;
  let at = skipBlanks(text, start);
  while (at < text.length && !terminators.includes(text.charAt(at))) {
    const char = text.charAt(at);
    at += 1;
    if (char === '\\' && at < text.length) {
      value += text.charAt(at);
      at += 1;
      kept = value.length;
    } else if (char === "'") {
      const close = text.indexOf("'", at);
      if (close < 0) throw refused(`The filter graph has a quote ' that is never closed.`);
      value += text.slice(at, close);
      at = close + 1;
      kept = value.length;
    } else value += char;
  }
  let length = value.length;
  while (length > kept && BLANKS.includes(value.charAt(length - 1))) length -= 1;
  return { value: value.slice(0, length), end: at };
}

function skipBlanks(text: string, start: number): number {
  let at = start;
  while (at < text.length && BLANKS.includes(text.charAt(at))) at += 1;
  return at;
}

function skipLabels(graph: string, start: number): number {
  let at = skipBlanks(graph, start);
  while (graph[at] === '[') {
    const close = graph.indexOf(']', at);
    if (close < 0) throw refused(`The filter graph has a label at position ${at} that is never closed.`);
    at = skipBlanks(graph, close + 1);
  }
  return at;
}

/** A graph may begin with `sws_flags=...;`, which is a setting and no filter. */
function skipScalerFlags(graph: string, at: number): number {
  if (!graph.startsWith('sws_flags=', at)) return at;
  const end = graph.indexOf(';', at);
  if (end < 0) throw refused("The filter graph has 'sws_flags' without the ';' that must follow it.");
  return end + 1;
}

function refused(message: string): RenderFault {
  return new RenderFault('invalid-command', message);
}
