import { readdir, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkCommand } from '../command/check-command.ts';
import { renderCommand } from '../command/render-command.ts';
import type { ResolveHost } from '../media/address-guard.ts';
import { createDownloader, type DownloaderOptions } from '../media/downloader.ts';
import { createSampleLibrary } from '../media/sample-media.ts';
import { createSourceFetcher } from '../media/source-files.ts';
import { readMovie } from '../movie/movie-script.ts';
import { renderMovie } from '../movie/render-movie.ts';
import { findExtensions } from '../movie/strict-schema.ts';
import { startDeadline, toRenderFault } from './render-deadline.ts';
import { type RenderProgress, trackProgress } from './render-progress.ts';
import { type MovieTask, type RenderContext, type Renderer, RenderFault, type RenderResult } from './renderer.ts';
import { createRunSlots } from './run-slots.ts';
import { selectEngines } from './select-engine.ts';

export interface RendererOptions {
  /** An FFmpeg to use instead of looking for one; an unusable one is an error. Default: `FFMPEG_PATH` of `env`. */
  readonly ffmpegPath?: string | undefined;
  /** Where to look for `ffmpeg`. Default: `PATH` of `env`. */
  readonly pathEnv?: string | undefined;
  /** Default: the process's own environment. Nothing of it reaches FFmpeg except `PATH`. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** Which URLs are the sandbox's own files, to be read although their address is private, and which are closed. */
  readonly ownPlace?: DownloaderOptions['ownPlace'];
  readonly forceEngine?: 'native' | 'wasm' | undefined;
  /** Where generated sample media is kept. Default: a folder of this user below the system's temporary folder. */
  readonly sampleDir?: string | undefined;
  /** Bytes that one source may have. Default 100 MB: a WebAssembly engine holds its inputs in memory. */
  readonly maxSourceBytes?: number | undefined;
  /** Bytes that the outputs of one render may have together. Default 500 MB. */
  readonly maxOutputBytes?: number | undefined;
  /** Renders at the same time; others wait inside the call, with their clock stopped. Default: the number of cores. */
  readonly maxConcurrent?: number | undefined;
  /** Refuses movie scripts that use what PhantomFlow does not document, instead of drawing it. Default: false. */
  readonly strict?: boolean | undefined;
  /** Replaces the system's name resolution, for tests. */
  readonly resolveHost?: ResolveHost | undefined;
}

/**
 * Chooses an FFmpeg and puts it behind the renderer's contract. Neither WebAssembly nor canvas is loaded before the
 * first render. Throws RenderFault `engine-cannot` when the explicit FFmpeg is unusable or none exists.
 */
export async function createRenderer(options: RendererOptions = {}): Promise<Renderer> {
  const env = options.env ?? process.env;
  const { trusted, untrusted } = await selectEngines({
    ffmpegPath: options.ffmpegPath ?? env.FFMPEG_PATH ?? env.FFMPEG_BIN,
    pathEnv: options.pathEnv ?? env.PATH ?? '',
    forceEngine: options.forceEngine,
  });
  const sampleDir = options.sampleDir ?? join(tmpdir(), `renderq-samples-${process.getuid?.() ?? 'user'}`);
  const fetchSource = createSourceFetcher({
    download: createDownloader({ ownPlace: options.ownPlace, resolve: options.resolveHost }),
    samples: createSampleLibrary(trusted, sampleDir),
    maxBytes: options.maxSourceBytes ?? 100_000_000,
  });
  const maxOutputBytes = options.maxOutputBytes ?? 500_000_000;
  const slots = createRunSlots(options.maxConcurrent ?? Math.max(1, availableParallelism()));

  /** Everything that both kinds of render share: a slot, a clock, progress, faults, and no leavings after a failure. */
  const supervise = async (
    context: RenderContext,
    render: (signal: AbortSignal, progress: RenderProgress) => Promise<RenderResult>,
  ): Promise<RenderResult> => {
    const waiting = startDeadline(context.signal);
    const release = await slots.acquire(waiting.signal).finally(waiting.release);
    const deadline = startDeadline(context.signal, context.timeoutMs);
    try {
      const progress = trackProgress(context.onProgress);
      const result = await render(deadline.signal, progress);
      deadline.signal.throwIfAborted();
      progress.finish();
      return result;
    } catch (error) {
      await emptyFolder(context.workDir);
      throw toRenderFault(error, deadline.signal);
    } finally {
      deadline.release();
      release();
    }
  };

  return {
    engine: trusted.info,
    checkCommand(task) {
      const { args, outputNames } = checkCommand(task);
      return { args, outputNames };
    },
    renderCommand: (task, context) =>
      supervise(context, (signal, progress) =>
        renderCommand(untrusted, fetchSource, { task, workDir: context.workDir, signal, progress, maxOutputBytes }),
      ),
    renderMovie: (movie, context) =>
      supervise(context, (signal, progress) => {
        if (options.strict === true) refuseExtensions(movie);
        return renderMovie(trusted, fetchSource, {
          movie: readMovie(movie),
          workDir: context.workDir,
          signal,
          progress,
          maxOutputBytes,
        });
      }),
    async close() {
      await Promise.all([...new Set([trusted, untrusted])].map((engine) => engine.close()));
    },
  };
}

function refuseExtensions(movie: MovieTask): void {
  const [first] = findExtensions(movie);
  if (first === undefined) return;
  throw new RenderFault(
    'engine-cannot',
    `${first.path}: PhantomFlow does not document this; it is a local extension, and strict mode is on. Leave it out.`,
  );
}

/** A failed render leaves no half-written output that somebody could take for a result. */
async function emptyFolder(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  await Promise.all(names.map((name) => rm(join(folder, name), { recursive: true, force: true })));
}
