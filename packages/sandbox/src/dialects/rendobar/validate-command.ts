import { tokenize } from '../../command/tokenize.ts';
import { type InputSource, type Renderer, RenderFault } from '../../engine/renderer.ts';

/** A file name without any folder: what an input of a job may be called. */
const PLAIN_NAME = /^[A-Za-z0-9_][A-Za-z0-9_. -]*$/;

/** Files that filters open by name: subtitles, colour tables, fonts. */
const FILTER_FILE = /(?<![/\w.-])[A-Za-z0-9_][A-Za-z0-9_-]*\.(?:srt|vtt|ass|cube|3dl|ttf|otf)\b/g;

export type Verdict =
  | { readonly valid: true; readonly args: readonly string[]; readonly inferredOutputFormat: string | null }
  | { readonly valid: false; readonly error: string };

/** POST /ffmpeg/validate: a command alone. The names that it reads count as declared; a job would declare them. */
export function validateCommand(command: string, renderer: Renderer): Verdict {
  try {
    const { args, outputNames } = renderer.checkCommand({ command, inputs: namesIn(command) });
    return { valid: true, args, inferredOutputFormat: outputNames[0]?.split('.').at(-1) ?? null };
  } catch (error) {
    if (!(error instanceof RenderFault)) throw error;
    return { valid: false, error: error.message };
  }
}

function namesIn(command: string): Readonly<Record<string, InputSource>> {
  const words = tokenize(command).map(({ text }) => text);
  const names = words.flatMap((word, index) => {
    if (words[index - 1] === '-i') return PLAIN_NAME.test(word) ? [word] : [];
    return word.match(FILTER_FILE) ?? [];
  });
  return Object.fromEntries(names.map((name) => [name, { content: '' }]));
}
