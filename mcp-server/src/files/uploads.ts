import { createHash } from 'node:crypto';
import { type Clock, RenderError } from '@renderq/core';
import type { Caller } from '../caller.ts';
import type { FileStorage } from './file-storage.ts';
import type { LocalFile, LocalFiles } from './local-files.ts';
import {
  assertNoLocalCommand,
  findLocalReferences,
  type LocalReference,
  replaceReferences,
} from './local-reference.ts';

/** What came of a request's local files. */
export type BroughtIn<T> =
  | { readonly request: T; readonly uploaded: number }
  /** The time was over first. The uploads go on, and the same call later meets them. */
  | { readonly pending: number };

export interface Uploads {
  /**
   * The request with a URL of the provider's storage in place of each local file. Gives the very same request when it
   * names none. Throws RenderError with `field`: what {@link assertNoLocalCommand} and {@link LocalFiles.open} throws, PROVIDER_UNSUPPORTED where the
   * provider takes no files, SOURCE_UNUSABLE for what is no media, PLAN_LIMIT for what is too large, or what the upload
   * met.
   */
  bringIn<T>(
    provider: string,
    request: T,
    how: { readonly caller: Caller; readonly untilMs: number },
  ): Promise<BroughtIn<T>>;
  /** The request as it would be after the uploads, with stand-in URLs: nothing is sent. Throws as {@link bringIn} does. */
  rehearse<T>(provider: string, request: T, caller: Caller): Promise<T>;
}

interface UploadsParts {
  readonly files: LocalFiles;
  /** Undefined where the provider takes no files. */
  readonly storageOf: (provider: string) => Promise<FileStorage | undefined>;
  readonly displayName: (provider: string) => string;
  readonly clock: Clock;
}

/** More is not a render but a move of house; each plan has a smaller limit of its own. */
const MOST_BYTES = 2_000_000_000;
const MOST_FILES = 50;
/** A URL is handed out again while it lives at least this long: its job may wait before it is read. */
const LEAST_LIFE_MS = 2 * 3_600_000;
/** Of a storage that does not tell (Rendobar: ephemeral assets are kept for 24 hours). */
const USUAL_LIFE_MS = 20 * 3_600_000;

interface Stored {
  readonly url: string;
  readonly expiresAt: number;
}

/** Uploads local files of requests, each content once in this process. */
export function createUploads({ files, storageOf, displayName, clock }: UploadsParts): Uploads {
  const sums = new Map<string, Promise<string>>();
  const stored = new Map<string, Promise<Stored>>();

  async function storage(provider: string, field: string): Promise<FileStorage> {
    const found = await storageOf(provider);
    if (found) return found;
    throw new RenderError({
      code: 'PROVIDER_UNSUPPORTED',
      message: `${displayName(provider)} documents no upload of files, and ${field} names one of this machine.`,
      provider,
      field,
      remedy: 'Put the file at a public URL and name that.',
    });
  }

  async function openAll(references: readonly LocalReference[], caller: Caller) {
    const [first] = references.slice(MOST_FILES);
    if (first) throw tooMany(first.field);
    const opened: { readonly reference: LocalReference; readonly file: LocalFile }[] = [];
    try {
      for (const reference of references) {
        const { field, text } = reference;
        const file = await files.open(text, field, caller);
        opened.push({ reference, file });
        assertUseful(file, field);
      }
    } catch (fault) {
      await Promise.all(opened.map(({ file }) => file.close()));
      throw fault;
    }
    return opened;
  }

  /** One entry for each content and account. A failed upload is forgotten, so that the next call tries again. */
  async function store(target: FileStorage, file: LocalFile, field: string): Promise<Stored> {
    const sha256 = await once(sums, file.id, () => sumOf(file));
    const key = `${target.id} ${sha256}`;
    const before = await stored.get(key)?.catch(() => undefined);
    if (before && before.expiresAt - clock.now() < LEAST_LIFE_MS) stored.delete(key);
    return once(stored, key, async () => {
      const contentType = file.mediaType ?? 'application/octet-stream';
      const source = { filename: file.name, size: file.sizeBytes, version: file.version, read: reader(file) };
      const { url, expiresAt } = await target.upload(source, { contentType, sha256 }).catch((fault: unknown) => {
        throw RenderError.isInstance(fault) ? fault.with({ field }) : fault;
      });
      return { url, expiresAt: expiresAt ?? clock.now() + USUAL_LIFE_MS };
    });
  }

  return {
    async bringIn(provider, request, { caller, untilMs }) {
      assertNoLocalCommand(request);
      const references = findLocalReferences(request);
      const [first] = references;
      if (!first) return { request, uploaded: 0 };
      const target = await storage(provider, first.field);
      const opened = await openAll(references, caller);
      let done = 0;
      const work = Promise.all(
        opened.map(async ({ reference, file }) => {
          const { url } = await store(target, file, reference.field).finally(() => file.close());
          done += 1;
          return [reference, url] as const;
        }),
      );
      // Nobody may be left to hear of it once the time is over; the next call meets the failure anew.
      work.catch(() => undefined);
      const timer = new AbortController();
      const late = clock.sleep(Math.max(0, untilMs - clock.now()), timer.signal).then(
        () => undefined,
        () => undefined,
      );
      const texts = await Promise.race([work, late]).finally(() => timer.abort());
      if (!texts) return { pending: opened.length - done };
      return { request: replaceReferences(request, new Map(texts)), uploaded: texts.length };
    },

    async rehearse(provider, request, caller) {
      assertNoLocalCommand(request);
      const references = findLocalReferences(request);
      const [first] = references;
      if (!first) return request;
      await storage(provider, first.field);
      const opened = await openAll(references, caller);
      await Promise.all(opened.map(({ file }) => file.close()));
      const standIns = opened.map(({ reference, file }) => [reference, standIn(file)] as const);
      return replaceReferences(request, new Map(standIns));
    },
  };
}

/** Begins each work once and remembers it; a failure is forgotten. */
function once<T>(works: Map<string, Promise<T>>, key: string, begin: () => Promise<T>): Promise<T> {
  const begun = works.get(key);
  if (begun) return begun;
  const work = begin();
  works.set(key, work);
  work.catch(() => works.delete(key));
  return work;
}

async function sumOf(file: LocalFile): Promise<string> {
  const sum = createHash('sha256');
  for await (const chunk of file.bytes()) sum.update(chunk);
  await file.assertUnchanged();
  return sum.digest('hex');
}

/** A file that changes on its way up is an error, never a mixture of two versions. */
const reader = (file: LocalFile) =>
  async function* (start: number, end: number): AsyncGenerator<Uint8Array> {
    await file.assertUnchanged();
    if (end > start) yield* file.bytes(start, end);
  };

/** A public URL with the file's own ending, for checks that look at no more than that. */
const standIn = ({ name }: LocalFile): string => `https://uploads.example/${encodeURIComponent(name)}`;

function assertUseful({ mediaType, sizeBytes }: LocalFile, field: string): void {
  if (mediaType === undefined) {
    throw new RenderError({
      code: 'SOURCE_UNUSABLE',
      message: `${field} names a file that is neither media nor subtitles nor a font.`,
      field,
      remedy:
        'Name a media file; other text goes into the request itself, for example as { "content": "..." } in inputs.',
    });
  }
  if (sizeBytes <= MOST_BYTES) return;
  throw new RenderError({
    code: 'PLAN_LIMIT',
    message: `${field} names a file of ${Math.ceil(sizeBytes / 1e6)} MB; at most ${MOST_BYTES / 1e6} MB are uploaded.`,
    field,
    remedy: 'Put the file at a public URL and name that.',
  });
}

const tooMany = (field: string): RenderError =>
  new RenderError({
    code: 'INVALID_REQUEST',
    message: `The request names more than ${MOST_FILES} local files.`,
    field,
    remedy: 'Put the files at public URLs and name those.',
  });
