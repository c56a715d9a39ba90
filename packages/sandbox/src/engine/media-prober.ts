import { createWriteStream } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ResolveHost } from '../media/address-guard.ts';
import { createDownloader } from '../media/downloader.ts';
import { identifyFile } from '../media/identify-file.ts';
import { DEMUXERS, type MediaKind } from '../media/media-kind.ts';
import { ownPlace } from '../service/own-media.ts';
import type { Engine } from './engine.ts';
import { type MediaReport, readMediaReport } from './media-streams.ts';
import { startDeadline, toRenderFault } from './render-deadline.ts';
import { RenderFault } from './renderer.ts';
import { createRunSlots } from './run-slots.ts';
import { selectEngines } from './select-engine.ts';

export interface MediaProberOptions {
  /** Origins of sandboxes: what they serve as media may be read although the address is private. Asked at each probe. */
  readonly sandboxOrigins?: (() => readonly string[]) | undefined;
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** Bytes that a source may have. Default 100 MB: a WebAssembly engine holds it in memory. */
  readonly maxBytes?: number | undefined;
  readonly forceEngine?: 'native' | 'wasm' | undefined;
  /** Where sources lie while they are looked at. Default: the system's temporary folder. */
  readonly tempDir?: string | undefined;
  /** Replaces the system's name resolution, for tests. */
  readonly resolveHost?: ResolveHost | undefined;
}

/** A source to look at: an http(s) URL, or bytes that the caller has opened. */
export type ProbeSource = { readonly url: string } | { readonly bytes: () => Readable };

export interface ProbeOptions {
  readonly signal: AbortSignal;
  /** Milliseconds until the probe is given up with the fault `timeout`. */
  readonly timeoutMs: number;
}

export interface ProbedMedia extends MediaReport {
  readonly sizeBytes: number;
}

/** Tells what media files are made of. FFmpeg never opens an address itself: files are brought to it first. */
export interface MediaProber {
  /**
   * Throws RenderFault: `source-blocked`, `source-unreachable`, `source-not-media`, `timeout`, `cancelled`,
   * `engine-cannot` where there is no FFmpeg.
   */
  probe(source: ProbeSource, options: ProbeOptions): Promise<ProbedMedia>;
  close(): Promise<void>;
}

const PROBES_AT_A_TIME = 2;

/** Makes a prober. No FFmpeg is looked for before the first probe. */
export function createMediaProber(options: MediaProberOptions = {}): MediaProber {
  const { maxBytes = 100_000_000, env = process.env, tempDir = tmpdir() } = options;
  const download = createDownloader({
    ownPlace: (url) =>
      (options.sandboxOrigins?.() ?? []).map((origin) => ownPlace(url, origin)).find((place) => place !== undefined),
    resolve: options.resolveHost,
  });
  const slots = createRunSlots(PROBES_AT_A_TIME);
  let opened: Promise<Engine> | undefined;

  /** What a file holds is not ours, so it is read by the engine that cannot reach anything else. */
  const engine = (): Promise<Engine> => {
    opened ??= selectEngines({
      ffmpegPath: env.FFMPEG_PATH ?? env.FFMPEG_BIN,
      pathEnv: env.PATH ?? '',
      forceEngine: options.forceEngine,
    }).then(
      ({ untrusted }) => untrusted,
      (error: unknown) => {
        opened = undefined;
        throw error;
      },
    );
    return opened;
  };

  async function look(source: ProbeSource, workDir: string, signal: AbortSignal): Promise<ProbedMedia> {
    const toPath = join(workDir, 'input');
    if ('url' in source) await download({ url: source.url, toPath, label: 'source', maxBytes, signal });
    else await pipeline(source.bytes(), bounded(maxBytes), createWriteStream(toPath), { signal });
    const kind = await identifyFile(toPath, 'source');
    const session = await (await engine()).open({ workDir, signal, maxOutputBytes: maxBytes });
    try {
      const { log } = await session.exec([
        ...['-protocol_whitelist', 'file', '-format_whitelist', readerOf(kind)],
        ...['-i', 'input'],
      ]);
      const report = readMediaReport(log);
      if (report === undefined || report.streams.length === 0) throw unreadable(kind);
      return { sizeBytes: (await stat(toPath)).size, ...report };
    } finally {
      await session.close();
    }
  }

  /** Sources lie on disk while they are looked at: their number bounds what callers can fill. */
  async function inTurn(source: ProbeSource, signal: AbortSignal): Promise<ProbedMedia> {
    const release = await slots.acquire(signal);
    try {
      const workDir = await mkdtemp(join(tempDir, 'renderq-media-'));
      return await look(source, workDir, signal).finally(() => rm(workDir, { recursive: true, force: true }));
    } finally {
      release();
    }
  }

  return {
    async probe(source, { signal, timeoutMs }) {
      const deadline = startDeadline(signal, timeoutMs);
      try {
        return await inTurn(source, deadline.signal);
      } catch (error) {
        throw toRenderFault(error, deadline.signal);
      } finally {
        deadline.release();
      }
    },
    async close() {
      const running = await opened?.catch(() => undefined);
      await running?.close();
    },
  };
}

function bounded(maxBytes: number) {
  return async function* (chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    let received = 0;
    for await (const chunk of chunks) {
      received += chunk.length;
      if (received > maxBytes) {
        throw new RenderFault(
          'source-not-media',
          `source: the source is larger than ${Math.round(maxBytes / 1_000_000)} MB.`,
        );
      }
      yield chunk;
    }
  };
}

function readerOf(kind: MediaKind): string {
  const reader = DEMUXERS[kind];
  if (reader !== undefined) return reader;
  throw new RenderFault('source-not-media', `source: the source is a ${kind} file, which has no streams to tell of.`);
}

const unreadable = (kind: MediaKind): RenderFault =>
  new RenderFault('source-not-media', `source: the source looks like ${kind} but FFmpeg can read no stream of it.`);
