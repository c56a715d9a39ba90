import { RenderFault } from '../engine/renderer.ts';

export interface Token {
  readonly text: string;
  /** Offset of the token's first character in the command. */
  readonly at: number;
}

/** Rendobar's OpenAPI document: `params.command` has at most this many characters. */
const MAX_LENGTH = 16_384;
const BLANK = /\s/;
/** The characters that a backslash escapes inside double quotes (POSIX shell, 2.2.3). */
const ESCAPABLE_IN_QUOTES = /["\\$`\n]/;

/**
 * Splits a command line as a POSIX shell does, but never acts as one: quotes, backslashes and line continuations work;
 * `$NAME`, `*` and `?` are plain text; operators and substitutions are refused with their position, because the author
 * meant either a shell or a quote. An `&` inside an http URL is plain text: every second signed URL has one.
 * Throws RenderFault `invalid-command`.
 */
export function tokenize(command: string): readonly Token[] {
  if (command.length > MAX_LENGTH) throw refused(`The command is longer than ${MAX_LENGTH} characters.`);
  if (command.includes('\0')) throw refused('The command contains a NUL character.');
  const tokens: Token[] = [];
  let at = 0;
  while (at < command.length) {
    const char = command.charAt(at);
    if (BLANK.test(char)) at += 1;
    else if (lineContinuation(command, at) > 0) at += lineContinuation(command, at);
    else if (char === '#') at = endOfLine(command, at);
    else {
      const word = readWord(command, at);
      tokens.push({ text: word.text, at });
      at = word.end;
    }
  }
  return tokens;
}

interface Piece {
  readonly text: string;
  readonly end: number;
}

function readWord(command: string, start: number): Piece {
  let text = '';
  let at = start;
  while (at < command.length) {
    const char = command.charAt(at);
    if (BLANK.test(char)) break;
    refuseSubstitution(command, at);
    if (char === "'" || char === '"') {
      const quoted = char === "'" ? readSingleQuoted(command, at) : readDoubleQuoted(command, at);
      text += quoted.text;
      at = quoted.end;
    } else if (char === '\\') {
      const skip = lineContinuation(command, at);
      if (skip === 0 && at + 1 >= command.length) throw refused(`The command ends in a backslash (position ${at}).`);
      if (skip === 0) text += command.charAt(at + 1);
      at += skip === 0 ? 2 : skip;
    } else {
      const isOperator = ';|<>'.includes(char) || (char === '&' && !/^https?:\/\//i.test(text));
      if (isOperator) {
        throw refused(
          `The shell operator '${char}' at position ${at} is not supported. Quote it if it belongs to an argument.`,
        );
      }
      text += char;
      at += 1;
    }
  }
  return { text, end: at };
}

function readSingleQuoted(command: string, start: number): Piece {
  const close = command.indexOf("'", start + 1);
  if (close < 0) throw unterminated("'", start);
  return { text: command.slice(start + 1, close), end: close + 1 };
}

function readDoubleQuoted(command: string, start: number): Piece {
  let text = '';
  let at = start + 1;
  while (at < command.length) {
    const char = command.charAt(at);
    if (char === '"') return { text, end: at + 1 };
    refuseSubstitution(command, at);
    const next = command.charAt(at + 1);
    if (char === '\\' && ESCAPABLE_IN_QUOTES.test(next)) {
      if (next !== '\n') text += next;
      at += 2;
    } else {
      text += char;
      at += 1;
    }
  }
  throw unterminated('"', start);
}

function refuseSubstitution(command: string, at: number): void {
  const char = command.charAt(at);
  if (char === '`' || (char === '$' && command.charAt(at + 1) === '(')) {
    throw refused(`Shell substitution at position ${at} is not supported. Put plain text in single quotes.`);
  }
}

/** Length of a backslash and the line break after it, or 0. */
function lineContinuation(command: string, at: number): number {
  if (command.startsWith('\\\n', at)) return 2;
  return command.startsWith('\\\r\n', at) ? 3 : 0;
}

function endOfLine(command: string, at: number): number {
  const end = command.indexOf('\n', at);
  return end < 0 ? command.length : end;
}

function unterminated(quote: string, at: number): RenderFault {
  return refused(`The quote ${quote} at position ${at} is never closed.`);
}

function refused(message: string): RenderFault {
  return new RenderFault('invalid-command', message);
}
