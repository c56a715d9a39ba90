import { copyFile, stat, writeFile } from 'node:fs/promises';
import { type InputSource, RenderFault } from '../engine/renderer.ts';
import type { Download } from './downloader.ts';
import { identifyFile } from './identify-file.ts';
import type { MediaKind } from './media-kind.ts';
import type { SampleLibrary } from './sample-media.ts';
import { resolveSample } from './sample-spec.ts';

export interface SourceRequest {
  readonly source: InputSource;
  readonly toPath: string;
  /** How messages name this source. */
  readonly label: string;
  readonly signal: AbortSignal;
  readonly onProgress?: ((share: number) => void) | undefined;
}

/** Brings a source into a file and tells what its bytes are. Throws RenderFault `source-*`. */
export type FetchSource = (request: SourceRequest) => Promise<MediaKind>;

export interface SourceOptions {
  readonly download: Download;
  readonly samples: SampleLibrary;
  readonly maxBytes: number;
}

export function createSourceFetcher({ download, samples, maxBytes }: SourceOptions): FetchSource {
  return async (request) => {
    const { source, toPath, label, signal, onProgress } = request;
    if ('content' in source) await writeFile(toPath, source.content);
    else if ('path' in source) await copyLocal(source.path, toPath, label, maxBytes);
    else {
      const sample = resolveSample(source.url);
      if (sample === undefined) await download({ url: source.url, toPath, label, maxBytes, signal, onProgress });
      else await copyFile(await orAbort(samples.pathOf(sample), signal), toPath);
    }
    signal.throwIfAborted();
    return identifyFile(toPath, label);
  };
}

/** Samples are made for everybody who asks; one caller's abort must end its own wait, not the making. */
function orAbort<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const leave = () => reject(signal.reason);
    if (signal.aborted) return leave();
    signal.addEventListener('abort', leave, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave));
  });
}

async function copyLocal(from: string, toPath: string, label: string, maxBytes: number): Promise<void> {
  const size = await stat(from).then(
    (found) => found.size,
    () => undefined,
  );
  if (size === undefined) throw new RenderFault('source-unreachable', `${label}: the file is no longer there.`);
  if (size > maxBytes) {
    throw new RenderFault(
      'source-not-media',
      `${label}: the file is larger than ${Math.round(maxBytes / 1_000_000)} MB.`,
    );
  }
  await copyFile(from, toPath);
}
