import { type CommandTask, RenderFault } from '../engine/renderer.ts';
import { parseCommand } from './parse-command.ts';
import type { ParsedCommand } from './parsed-command.ts';
import { tokenize } from './tokenize.ts';

export interface CheckedCommand {
  /** The argument list as written, without the leading `ffmpeg`. */
  readonly args: readonly string[];
  readonly outputNames: readonly string[];
  readonly parsed: ParsedCommand;
}

/** Formats that Rendobar's `outputFormat` knows (job type `ffmpeg`). */
const OUTPUT_FORMATS = 'mp4 mkv webm mov avi ts gif png jpg mp3 wav flac ogg aac opus m4a srt vtt'.split(' ');

/** Parses and checks a command without running anything. Throws RenderFault `invalid-command`. */
export function checkCommand(task: CommandTask): CheckedCommand {
  if (task.outputFormat !== undefined && !OUTPUT_FORMATS.includes(task.outputFormat)) {
    throw new RenderFault(
      'invalid-command',
      `Output format '${task.outputFormat.slice(0, 20)}' is not known. Use one of ${OUTPUT_FORMATS.join(', ')}.`,
    );
  }
  const tokens = tokenize(task.command);
  const rest = tokens[0]?.text === 'ffmpeg' ? tokens.slice(1) : tokens;
  if (rest.length === 0) throw new RenderFault('invalid-command', 'The command is empty.');
  const parsed = parseCommand(rest, task);
  return { args: rest.map(({ text }) => text), outputNames: parsed.outputs.map(({ name }) => name), parsed };
}
