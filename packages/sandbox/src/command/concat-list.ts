import { RenderFault } from '../engine/renderer.ts';

export type ConcatLine =
  | { readonly kind: 'file'; readonly name: string }
  | { readonly kind: 'setting'; readonly text: string };

/** Settings that follow a `file` line and open nothing. */
const SETTINGS = /^(?:duration|inpoint|outpoint)[ \t]+[0-9:.]+$/;

/**
 * Reads a list of the concat demuxer. Every file must be a declared input, and only harmless settings pass.
 * Throws RenderFault `invalid-command`, which names lines by their number: a list that was fetched may be any text that
 * its server has, and an error must not show it to whoever sent the job.
 */
export function parseConcatList(text: string, isInput: (name: string) => boolean): readonly ConcatLine[] {
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  const entries = lines.flatMap((line, index): readonly ConcatLine[] => {
    if (line === '' || line.startsWith('#') || line === 'ffconcat version 1.0') return [];
    if (SETTINGS.test(line)) return [{ kind: 'setting', text: line }];
    const name = /^file[ \t]+(.+)$/.exec(line)?.[1];
    if (name === undefined)
      throw refused(
        `Line ${index + 1} of the concat list is not allowed. Use 'file', 'duration', 'inpoint' and 'outpoint' lines.`,
      );
    const plain = unquote(name);
    if (!isInput(plain))
      throw refused(`Line ${index + 1} of the concat list names a file that is not declared in 'inputs'.`);
    return [{ kind: 'file', name: plain }];
  });
  if (!entries.some(({ kind }) => kind === 'file')) throw refused('The concat list names no file.');
  return entries;
}

/** Writes a list again with the local names of its files, which need no quoting. */
export function writeConcatList(lines: readonly ConcatLine[], localName: (name: string) => string): string {
  return lines.map((line) => (line.kind === 'file' ? `file ${localName(line.name)}` : line.text)).join('\n');
}

/** The quoting of `av_get_token`: `'...'` is literal, a backslash escapes the next character. */
function unquote(text: string): string {
  return text.replace(
    /'([^']*)'|\\(.)/g,
    (_, quoted: string | undefined, escaped: string | undefined) => quoted ?? escaped ?? '',
  );
}

function refused(message: string): RenderFault {
  return new RenderFault('invalid-command', message);
}
