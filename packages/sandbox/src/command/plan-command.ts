import { extname } from 'node:path';
import type { Engine } from '../engine/engine.ts';
import type { EngineInfo } from '../engine/renderer.ts';
import { withFonts } from './filter-fonts.ts';
import { optionName } from './option-table.ts';
import type { CommandInput, CommandOption, CommandOutput, ParsedCommand } from './parsed-command.ts';
import type { StagedInput } from './stage-sources.ts';

export interface CommandPlan {
  readonly argv: readonly string[];
  readonly warnings: readonly string[];
}

/** What a picture may have, read or written: 8K. A few kilobytes of input can unfold to gigabytes. */
const PIXEL_LIMIT = ['-max_pixels', '36000000'];

/** Random stream and segment numbers (Matroska, Ogg) and version strings would make two runs of one command differ. */
const REPEATABLE = '-bitexact';

type EngineTraits = Pick<Engine, 'info' | 'threads'>;

const FAST_PRESET_NOTE =
  'H.264 was encoded with the preset ultrafast, because the local engine is WebAssembly. Name a -preset to choose another.';

/** Rewrites a checked command to local names, with the limits that every run gets. `staged` is in the order of inputs. */
export function planCommand(
  command: ParsedCommand,
  staged: readonly (StagedInput | undefined)[],
  engine: EngineTraits,
): CommandPlan {
  const fast = command.outputs.filter((output) => engine.info.kind === 'wasm' && needsFastPreset(output));
  return {
    argv: [
      ...command.inputs.flatMap((input, index) => inputArgs(input, staged[index], engine.info.kind)),
      ...command.outputs.flatMap((output) => [
        ...outputArgs(output, engine),
        ...(fast.includes(output) ? ['-preset:v', 'ultrafast'] : []),
        output.name,
      ]),
    ],
    warnings: fast.length === 0 ? [] : [FAST_PRESET_NOTE],
  };
}

function inputArgs(
  { source, options }: CommandInput,
  staged: StagedInput | undefined,
  kind: EngineInfo['kind'],
): readonly string[] {
  if (source.kind === 'generated') return [...write(options, kind), '-i', source.graph];
  if (staged === undefined) throw new Error('An input that is not generated must be staged.');
  // The reader follows from the bytes; a caller's word could only make it a wrong one.
  const kept = options.filter(({ flag }) => !['f', 'pattern_type'].includes(optionName(flag)));
  const [first] = staged.demuxers;
  return [
    ...write(kept, kind),
    ...(first === 'concat' ? ['-f', 'concat'] : first === 'image2' ? ['-f', 'image2', '-pattern_type', 'none'] : []),
    ...['-protocol_whitelist', 'file', '-format_whitelist', staged.demuxers.join(',')],
    ...[...PIXEL_LIMIT, '-i', staged.file],
  ];
}

function outputArgs({ options }: CommandOutput, { info: { kind }, threads }: EngineTraits): readonly string[] {
  return [...write(options, kind), ...PIXEL_LIMIT, REPEATABLE, '-threads', String(threads)];
}

function needsFastPreset({ name, options }: CommandOutput): boolean {
  if (has(options, 'preset') || has(options, 'vn')) return false;
  const codec = options.findLast(
    (option) => option.kind === 'value' && /^-(?:c|codec)(?::v.*)?$|^-vcodec$/.test(option.flag),
  );
  if (codec?.kind === 'value') return codec.value === 'libx264' || codec.value === 'h264';
  return ['.mp4', '.mov', '.mkv', '.m3u8', '.mpd'].includes(extname(name).toLowerCase());
}

function write(options: readonly CommandOption[], engine: EngineInfo['kind']): readonly string[] {
  return options.flatMap((option) => {
    if (option.kind === 'flag') return [option.flag];
    return [option.flag, option.kind === 'graph' ? withFonts(option.graph, option.filters, engine) : option.value];
  });
}

function has(options: readonly CommandOption[], name: string): boolean {
  return options.some(({ flag }) => optionName(flag) === name);
}
