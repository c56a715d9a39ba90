import { type CommandTask, RenderFault } from '../engine/renderer.ts';
import { parseFilterGraph } from './filter-graph.ts';
import { checkFilters, checkSourceGraph, type FilterFile, looksLikePath, printable } from './filter-policy.ts';
import { BITSTREAM_FILTERS, ENCODER_PARAMS, FORMATS, type OptionKind, optionKind, optionName } from './option-table.ts';
import { checkOutputName, withFormat } from './output-name.ts';
import {
  type CommandInput,
  type CommandOption,
  type CommandOutput,
  type CommandSource,
  optionValue,
  type ParsedCommand,
} from './parsed-command.ts';
import type { Token } from './tokenize.ts';

const MAX_TOKENS = 1_024;

/**
 * Takes an FFmpeg argument list apart and checks every word of it against allow-lists; nothing unknown passes.
 * Throws RenderFault `invalid-command` with the words that Rendobar uses ("Flag '-x' is not allowed ...").
 */
export function parseCommand(tokens: readonly Token[], task: Omit<CommandTask, 'command'>): ParsedCommand {
  if (tokens.length > MAX_TOKENS) throw refused(`The command has more than ${MAX_TOKENS} arguments.`);
  const isInput = (name: string) => Object.hasOwn(task.inputs, name);
  const inputs: CommandInput[] = [];
  const outputs: CommandOutput[] = [];
  const filterFiles: FilterFile[] = [];
  let options: CommandOption[] = [];

  for (let at = 0; at < tokens.length; at += 1) {
    const word = tokens[at]?.text ?? '';
    if (!word.startsWith('-') || word === '-') {
      outputs.push({
        options,
        name: checkOutputName(withFormat(word, outputs.length === 0 ? task.outputFormat : undefined)),
      });
      options = [];
      continue;
    }
    const kind = optionKind(word);
    if (kind === undefined) throw refused(`Flag '${printable(word)}' is not allowed in FFmpeg commands.`);
    if (kind === 'flag') options.push({ kind, flag: word });
    if (kind === 'flag' || kind === 'ignored-flag') continue;

    at += 1;
    const value = tokens[at]?.text;
    if (value === undefined) throw refused(`Flag '${word}' needs a value.`);
    if (kind === 'ignored-value') continue;
    if (kind === 'input') {
      inputs.push({ options, source: readSource(value, options, isInput) });
      options = [];
    } else if (kind === 'graph') {
      const filters = parseFilterGraph(value);
      filterFiles.push(...checkFilters(filters, isInput));
      options.push({ kind, flag: word, graph: value, filters });
    } else {
      checkValue(kind, word, value);
      options.push({ kind: 'value', flag: word, value });
    }
  }

  if (options.length > 0)
    throw refused('The command has options after its last output. Options stand before the file they belong to.');
  if (inputs.length === 0) throw refused("The command has no input. Name one with '-i'.");
  if (outputs.length === 0) throw refused('The command has no output file.');
  const repeated = outputs.find(({ name }, index) => outputs.findIndex((other) => other.name === name) !== index);
  if (repeated !== undefined) throw refused(`Output '${repeated.name}' is named twice.`);
  const clash = filterFiles.find(({ name }) => outputs.some((output) => output.name === name));
  if (clash !== undefined)
    throw refused(`'${clash.name}' is both an output and a file that a filter reads. Rename one.`);
  for (const [index, { source }] of inputs.entries()) {
    const same = source.kind === 'declared' && outputs.some(({ name }) => name === source.name);
    // FFmpeg's own words. It would not notice: an input has a name of ours when it runs.
    if (same)
      throw refused(`Output '${source.name}' same as Input #${index}. FFmpeg cannot edit existing files in-place.`);
  }
  return { inputs, outputs, filterFiles };
}

function readSource(
  value: string,
  options: readonly CommandOption[],
  isInput: (name: string) => boolean,
): CommandSource {
  if (optionValue(options, '-f') === 'lavfi') {
    const filters = parseFilterGraph(value);
    checkSourceGraph(filters);
    return { kind: 'generated', graph: value, filters };
  }
  if (isInput(value)) return { kind: 'declared', name: value };
  if (/^https?:\/\//i.test(value)) return { kind: 'url', url: value };
  throw refused(`Input '${printable(value)}' is neither an http or https URL nor a name in 'inputs'.`);
}

function checkValue(kind: OptionKind, flag: string, value: string): void {
  switch (kind) {
    case 'text':
      return;
    case 'format':
      if (!FORMATS.has(value)) throw refused(`Format '${printable(value)}' is not allowed in FFmpeg commands.`);
      return;
    case 'codec':
      if (!/^[a-z0-9_-]+$/i.test(value)) throw refused(`Codec '${printable(value)}' is not a codec name.`);
      return;
    case 'map':
      if (!/^(?:-?\d+(?::[A-Za-z0-9_:.#-]+)?\??|\[[A-Za-z0-9_:.-]+\])$/.test(value))
        throw refused(`'${printable(value)}' is not a stream that '${flag}' can select.`);
      return;
    case 'encoder-params':
      checkNames(value.split(':'), ENCODER_PARAMS, 'Encoder parameter');
      return;
    case 'bitstream-filters':
      checkNames(value.split(','), BITSTREAM_FILTERS, 'Bitstream filter');
      return;
    case 'file-name':
      checkSegmentName(flag, value);
      return;
    default:
      if (looksLikePath(value))
        throw refused(`The value of '${flag}' looks like a path or URL: '${printable(value)}'.`);
      if (optionName(flag) === 'segment_format' && !FORMATS.has(value))
        throw refused(`Format '${printable(value)}' is not allowed in FFmpeg commands.`);
  }
}

function checkNames(items: readonly string[], allowed: ReadonlySet<string>, what: string): void {
  for (const item of items) {
    const [name = ''] = item.split('=', 1);
    if (!allowed.has(name)) throw refused(`${what} '${printable(name)}' is not allowed in FFmpeg commands.`);
  }
}

/** DASH writes its counters as `$Number%05d$`; everything else is an ordinary output name. */
function checkSegmentName(flag: string, value: string): void {
  checkOutputName(
    optionName(flag).endsWith('_seg_name')
      ? value.replace(/\$(?:RepresentationID|Number|Bandwidth|Time)(?:%0\d+d)?\$|\$ext\$/g, '1')
      : value,
  );
}

function refused(message: string): RenderFault {
  return new RenderFault('invalid-command', message);
}
