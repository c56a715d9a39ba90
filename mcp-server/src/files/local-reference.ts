import { fileURLToPath } from 'node:url';
import { RenderError } from '@renderq/core';

/** A place in a request that names a file of this machine. */
export interface LocalReference {
  /** Keys and indices that lead to it. */
  readonly path: readonly (string | number)[];
  /** As errors name it, for example `request.inputs.source`. */
  readonly field: string;
  /** As the caller wrote it. */
  readonly text: string;
}

/** Fields whose text is the caller's own words or a program, never the name of a source. */
const WORDS: ReadonlySet<string> = new Set(['command', 'content', 'prompt', 'negativePrompt', 'text', 'label']);
/** Fields that name sources wherever they stand; so does everything below `inputs`. */
const SOURCES: ReadonlySet<string> = new Set(['src', 'source', 'url', 'font', 'image', 'video', 'audio', 'fontUrl']);

const FILE_URL = /^file:/i;
/** `/film.mp4`, `C:\film.mp4`, `\\server\film.mp4`; `//host/film.mp4` is a URL without a scheme. */
const ABSOLUTE = /^(?:\/(?!\/)|[a-z]:[\\/]|\\\\)/i;

/** Whether a text names a file of this machine: a `file:` URL or an absolute path. */
export const isLocalReference = (text: string): boolean => FILE_URL.test(text) || ABSOLUTE.test(text);

/**
 * Every place of a request that names a file of this machine. A `file:` URL counts wherever a source could stand; a bare
 * path only where one must, for many other texts begin with a slash.
 */
export function findLocalReferences(request: unknown): readonly LocalReference[] {
  const found: LocalReference[] = [];
  const walk = (value: unknown, path: readonly (string | number)[], isSource: boolean): void => {
    if (typeof value === 'string') {
      if (isSource ? isLocalReference(value) : FILE_URL.test(value)) {
        found.push({ path, field: ['request', ...path].join('.'), text: value });
      }
      return;
    }
    if (typeof value !== 'object' || value === null) return;
    for (const [key, inner] of Object.entries(value)) {
      if (WORDS.has(key) && typeof inner === 'string' && !(path.length === 1 && path[0] === 'inputs')) continue;
      const step = Array.isArray(value) ? Number(key) : key;
      walk(inner, [...path, step], isSource || key === 'inputs' || SOURCES.has(key));
    }
  };
  walk(request, [], false);
  return found;
}

/** `-i` and what stands behind it, in quotes or bare; `file:` opens a file wherever an argument begins with it. */
const LOCAL_ARGUMENT = /(?:^|\s)(?:-i\s+(["']?)(?:\/(?!\/)|[a-z]:[\\/]|\\\\)|["']?file:)/i;

/**
 * Refuses a command that reads files of this machine: a path inside a command is nothing that could be uploaded, so it would go
 * out as it stands and fail at the provider, paid or not. Throws RenderError INVALID_REQUEST with `field`.
 */
export function assertNoLocalCommand(request: unknown): void {
  const walk = (value: unknown, path: readonly string[]): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const [key, inner] of Object.entries(value)) {
      const here = [...path, key];
      if (key === 'command' && typeof inner === 'string' && LOCAL_ARGUMENT.test(inner)) throw localCommand(here);
      walk(inner, here);
    }
  };
  walk(request, ['request']);
}

const localCommand = (path: readonly string[]): RenderError =>
  new RenderError({
    code: 'INVALID_REQUEST',
    message: `${path.join('.')} reads a file of this machine, which the provider does not have.`,
    field: path.join('.'),
    remedy: 'Name the file in request.inputs, for example { "film.mp4": "<URL or path>" }, and write -i film.mp4.',
  });

/** A copy of the request with other texts at the places; everything else is shared with it. */
export function replaceReferences<T>(request: T, texts: ReadonlyMap<LocalReference, string>): T {
  const put = (value: unknown, [step, ...rest]: readonly (string | number)[], text: string): unknown => {
    if (step === undefined) return text;
    if (Array.isArray(value)) return value.map((inner, at) => (at === step ? put(inner, rest, text) : inner));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [key, key === step ? put(inner, rest, text) : inner]),
    );
  };
  return [...texts].reduce((whole: unknown, [{ path }, text]) => put(whole, path, text), request) as T;
}

/** The path that a reference means. Throws RenderError INVALID_REQUEST for a `file:` URL that names no local path. */
export function pathOf(text: string, field: string): string {
  if (!FILE_URL.test(text)) return text;
  try {
    return fileURLToPath(text);
  } catch {
    throw new RenderError({
      code: 'INVALID_REQUEST',
      message: `${field} is no file URL of this machine.`,
      field,
      remedy: 'Write file:///folder/film.mp4, with special characters percent-encoded, or the absolute path.',
    });
  }
}
