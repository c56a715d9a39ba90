import { constants, type Stats } from 'node:fs';
import { type FileHandle, open, realpath, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, sep } from 'node:path';
import type { Readable } from 'node:stream';
import { RenderError } from '@renderq/core';
import type { Caller } from '../caller.ts';
import { fileType } from './file-type.ts';
import { pathOf } from './local-reference.ts';

/** A file of this machine that a caller may use. It is read through what was opened, whatever happens to its name. */
export interface LocalFile {
  readonly name: string;
  readonly sizeBytes: number;
  /** Changes when the file does. */
  readonly version: string;
  /** The same for the same file, by whichever name it was asked for. */
  readonly id: string;
  /** Undefined for a file that is neither media nor subtitles nor a font. */
  readonly mediaType: string | undefined;
  /** Bytes from `start` up to, not including, `end`; the whole file by default. */
  bytes(start?: number, end?: number): Readable;
  /** Throws RenderError SOURCE_UNUSABLE when the file is no longer what was opened. */
  assertUnchanged(): Promise<void>;
  close(): Promise<void>;
}

/** The files of this machine, as far as its user has opened them to callers. */
export interface LocalFiles {
  /** The folders that may be read, with everything below them. */
  readonly roots: readonly string[];
  /** Folders that were named but are no absolute paths, which mean something else in every program's eyes. */
  readonly ignored: readonly string[];
  /**
   * Opens a file for a caller. Throws RenderError FORBIDDEN (a remote caller, no allowed folder, a file outside),
   * INVALID_REQUEST (no file URL), SOURCE_UNUSABLE (no such file, no regular file, not readable), all with `field`.
   */
  open(reference: string, field: string, caller: Caller): Promise<LocalFile>;
}

const SNIFFED = 4_096;

/** Opens files below `roots`, absolute paths, and nowhere else: a symbolic link counts by where it leads. */
export function createLocalFiles(roots: readonly string[]): LocalFiles {
  const allowed = roots.filter((root) => isAbsolute(root));

  async function assertInside(real: string, field: string): Promise<void> {
    const folders = await Promise.all(allowed.map((root) => realpath(root).catch(() => undefined)));
    const isInside = folders.some((folder) => folder !== undefined && real.startsWith(withSeparator(folder)));
    if (!isInside) throw outside(field, allowed);
  }

  return {
    roots: allowed,
    ignored: roots.filter((root) => !isAbsolute(root)),
    async open(reference, field, caller) {
      if (!caller.isLocal) throw remote(field);
      if (allowed.length === 0) throw closed(field);
      const path = pathOf(reference, field);
      const real = await realpath(path).catch(async (fault: unknown) => {
        // What stands outside the folders is nobody's business: not even whether it exists.
        await assertInside(await nearestReal(path), field);
        throw unusable(field, fault);
      });
      await assertInside(real, field);
      const handle = await open(real, constants.O_RDONLY | constants.O_NONBLOCK).catch((fault: unknown) => {
        throw unusable(field, fault);
      });
      try {
        const opened = await handle.stat();
        if (!opened.isFile()) throw notRegular(field);
        await assertSame(real, opened, field, assertInside);
        return await localFile(handle, opened, basename(path), field);
      } catch (fault) {
        await handle.close();
        throw fault;
      }
    },
  };
}

/** Where a path that cannot be followed to its end leads as far as it can: links and `..` on the way count by where they lead. */
async function nearestReal(path: string): Promise<string> {
  const folder = dirname(path);
  if (folder === path) return path;
  return realpath(folder).then(
    (real) => join(real, basename(path)),
    () => nearestReal(folder),
  );
}

/** Between the look at a path and its opening, a link may have been put in its way. */
async function assertSame(
  real: string,
  opened: Stats,
  field: string,
  assertInside: (real: string, field: string) => Promise<void>,
): Promise<void> {
  const now = await realpath(real).catch(() => undefined);
  const there = now === undefined ? undefined : await stat(now).catch(() => undefined);
  if (now === undefined || there?.dev !== opened.dev || there.ino !== opened.ino) throw changed(field);
  await assertInside(now, field);
}

async function localFile(handle: FileHandle, opened: Stats, name: string, field: string): Promise<LocalFile> {
  const { sniffMediaKind } = await import('@renderq/sandbox/probe');
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(SNIFFED), 0, SNIFFED, 0);
  const version = versionOf(opened);
  return {
    name,
    sizeBytes: opened.size,
    version,
    id: `${opened.dev}-${opened.ino}-${version}`,
    mediaType: fileType(name, sniffMediaKind(buffer.subarray(0, bytesRead))),
    bytes: (start = 0, end = opened.size) =>
      handle.createReadStream({ start, end: Math.max(start, end - 1), autoClose: false, highWaterMark: 256 * 1024 }),
    async assertUnchanged() {
      if (versionOf(await handle.stat()) !== version) throw changed(field);
    },
    close: () => handle.close(),
  };
}

const withSeparator = (folder: string): string => (folder.endsWith(sep) ? folder : `${folder}${sep}`);
const versionOf = ({ size, mtimeMs }: Stats): string => `${size}-${mtimeMs}`;

const refusal = (code: 'FORBIDDEN' | 'SOURCE_UNUSABLE', field: string, message: string, remedy: string): RenderError =>
  new RenderError({ code, message, field, remedy });

const remote = (field: string): RenderError =>
  refusal(
    'FORBIDDEN',
    field,
    `${field} names a file of the machine that this server runs on.`,
    'Name a public URL instead: only programs on that machine may use its files.',
  );

const closed = (field: string): RenderError =>
  refusal(
    'FORBIDDEN',
    field,
    `${field} names a local file, and no folder of this machine has been opened to this server.`,
    'Ask the user to set RENDERQ_FILES to the folders that may be read and to restart this server, or name a public URL.',
  );

const outside = (field: string, allowed: readonly string[]): RenderError =>
  refusal(
    'FORBIDDEN',
    field,
    `${field} names a file outside the folders that this server may read.`,
    `Use a file below ${allowed.join(' or ')}, or ask the user to add its folder to RENDERQ_FILES.`,
  );

const notRegular = (field: string): RenderError =>
  refusal('SOURCE_UNUSABLE', field, `${field} names no regular file.`, 'Name a media file.');

const changed = (field: string): RenderError =>
  refusal('SOURCE_UNUSABLE', field, `${field}: the file changed while it was read.`, 'Call again when it is complete.');

function unusable(field: string, fault: unknown): RenderError {
  const code = fault instanceof Error && 'code' in fault ? String(fault.code) : 'unknown';
  const why = code === 'ENOENT' ? 'there is no such file' : `it cannot be read (${code})`;
  return refusal(
    'SOURCE_UNUSABLE',
    field,
    `${field}: ${why}.`,
    'Check the path and that this server may read the file.',
  );
}
