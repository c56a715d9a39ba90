import type { Engine } from '../engine/engine.ts';
import { RenderFault } from '../engine/renderer.ts';
import { optionKind } from './option-table.ts';
import { type CommandOption, optionValue, type ParsedCommand } from './parsed-command.ts';

/** Encoders and decoders that the WebAssembly build lacks, or that hang in it because it has one thread. */
const NOT_IN_WASM = /^(?:libx265|hevc|h265|libaom.*|libsvtav1|librav1e|libdav1d|av1|libfdk_aac|prores_ks_vulkan)$/;
const NEEDS_GPU = /_(?:nvenc|cuvid|qsv|vaapi|amf|videotoolbox|mf|v4l2m2m|vulkan)$|^nvenc/;

/** Muxers and lists that open further files by name: harmless only where nothing else can be reached. */
const OPENS_FILES: ReadonlySet<string> = new Set(['concat', 'hls', 'dash', 'segment', 'stream_segment']);

/**
 * Refuses what the chosen engine would hang on, crash on, or must not be trusted with, before anything is downloaded.
 * The command itself is fine: another engine runs it. Throws RenderFault `engine-cannot`.
 */
export function refuseEngineGaps(command: ParsedCommand, engine: Pick<Engine, 'info' | 'confined'>): void {
  const playlist = command.outputs.find(({ name }) => /\.(?:m3u8|mpd)$/i.test(name));
  if (!engine.confined && playlist !== undefined) throw unconfined(`Output '${playlist.name}'`);
  for (const { options } of [...command.inputs, ...command.outputs]) {
    for (const codec of codecsOf(options)) {
      if (NEEDS_GPU.test(codec))
        throw cannot(`'${codec}' needs a GPU, which the local engine does not use. Use libx264 here.`);
      if (engine.info.kind === 'wasm' && NOT_IN_WASM.test(codec)) {
        throw cannot(
          `'${codec}' needs a native FFmpeg; the local engine is WebAssembly. Install FFmpeg or use libx264 here.`,
        );
      }
    }
    const hwaccel = optionValue(options, '-hwaccel');
    if (hwaccel !== undefined && hwaccel !== 'none')
      throw cannot(`'-hwaccel ${hwaccel}' needs a GPU, which the local engine does not use.`);
    const format = optionValue(options, '-f');
    if (!engine.confined && format !== undefined && OPENS_FILES.has(format)) {
      throw unconfined(`Format '${format}'`);
    }
  }
}

function codecsOf(options: readonly CommandOption[]): readonly string[] {
  return options.flatMap((option) =>
    option.kind === 'value' && optionKind(option.flag) === 'codec' ? [option.value] : [],
  );
}

function cannot(message: string): RenderFault {
  return new RenderFault('engine-cannot', message);
}

function unconfined(what: string): RenderFault {
  return cannot(`${what} runs only in WebAssembly or inside bubblewrap; neither is in use here.`);
}
