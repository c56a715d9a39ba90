import { RenderFault } from '../engine/renderer.ts';
import type { Filter } from './filter-graph.ts';

/** Filters that read and write nothing but the streams they are given. Every option of theirs is allowed. */
const PURE_FILTERS = words(`
  scale crop pad format noformat setsar setdar fps trim setpts settb fade xfade overlay drawbox drawgrid hflip vflip
  transpose rotate zoompan eq hue colorbalance colorchannelmixer colorcontrast colorcorrect colorhold colorize
  colorlevels colormatrix colortemperature vibrance exposure lut lutrgb lutyuv negate unsharp boxblur gblur smartblur
  avgblur vignette noise hqdn3d nlmeans bilateral yadif bwdif deflicker select split hstack vstack xstack concat null
  copy reverse loop tpad thumbnail tile palettegen colorkey chromakey chromahold despill alphamerge alphaextract
  premultiply unpremultiply blend tblend minterpolate framerate setrange colorspace tonemap zscale shuffleplanes geq
  blackdetect blackframe cropdetect freezedetect scdet signalstats showinfo edgedetect sobel prewitt pixelize
  perspective lenscorrection fillborders swapuv swaprect delogo maskedmerge mergeplanes extractplanes interleave
  setfield fieldorder tinterlace telecine fieldmatch decimate mpdecimate random shuffleframes freezeframes
  separatefields weave amplify chromanr chromashift rgbashift histogram waveform vectorscope pseudocolor monochrome
  lagfun median normalize greyedge histeq limiter erosion dilation inflate deflate convolution elbg untile v360
  stereo3d sab gradfun deband deblock
  volume atempo afade atrim asetpts asettb aresample aformat amix amerge acrossfade adelay apad asplit loudnorm
  dynaudnorm compand acompressor alimiter highpass lowpass bandpass bandreject allpass biquad equalizer anequalizer
  superequalizer bass treble highshelf lowshelf aecho pan channelsplit channelmap join silencedetect silenceremove
  anull acopy areverse aloop aselect ainterleave afftdn anlmdn asetrate asetnsamples volumedetect astats ebur128 agate
  stereowiden stereotools extrastereo haas tremolo vibrato chorus flanger aphaser apulsator acrusher aexciter
  crystalizer sidechaincompress sidechaingate headphone crossfeed earwax deesser dialoguenhance adeclick adeclip
  rubberband aeval
  showwaves showwavespic showspectrum showspectrumpic showfreqs showvolume avectorscope aphasemeter ahistogram
  abitscope
`);

/** Filters without inputs: they invent their picture or sound. Allowed after `-f lavfi -i` and inside graphs. */
const SOURCES = words(`
  color testsrc testsrc2 smptebars smptehdbars rgbtestsrc yuvtestsrc pal75bars pal100bars gradients mandelbrot
  sierpinski nullsrc allrgb allyuv sine anullsrc aevalsrc anoisesrc
`);

interface OptionPolicy {
  /** Options that may be written by name. */
  readonly keys: ReadonlySet<string>;
  /** How many options may be given by place: the first of them are harmless, a later one names a file. */
  readonly byPlace: number;
  /** Options whose value must be the name of a declared input. */
  readonly reads?: ReadonlySet<string>;
  /** The option that the first value by place sets, where that one reads a file. */
  readonly first?: string;
}

/** Filters of which some options open files; checked option by option (`ffmpeg -h filter=NAME`, 5.1). */
const GUARDED_FILTERS: Readonly<Record<string, OptionPolicy>> = {
  drawtext: {
    keys: words(`text fontcolor fontcolor_expr fontsize x y alpha box boxcolor boxborderw borderw bordercolor shadowx
      shadowy shadowcolor line_spacing enable expansion font start_number tabsize timecode timecode_rate r rate
      tc24hmax fix_bounds text_shaping ft_load_flags basetime text_align y_align`),
    reads: words('fontfile'),
    byPlace: 0,
  },
  subtitles: {
    keys: words('original_size alpha charenc stream_index si force_style'),
    reads: words('filename f'),
    first: 'filename',
    byPlace: 1,
  },
  ass: { keys: words('original_size alpha shaping'), reads: words('filename f'), first: 'filename', byPlace: 1 },
  lut3d: { keys: words('clut interp enable'), reads: words('file'), first: 'file', byPlace: 1 },
  lut1d: { keys: words('interp enable'), reads: words('file'), first: 'file', byPlace: 1 },
  curves: { keys: words('preset master m red r green g blue b all interp enable'), byPlace: 6 },
  paletteuse: { keys: words('dither bayer_scale diff_mode new alpha_threshold'), byPlace: 5 },
  deshake: { keys: words('x y w h rx ry edge blocksize contrast search'), byPlace: 10 },
  ssim: { keys: words('eof_action shortest repeatlast'), byPlace: 0 },
  psnr: { keys: words('output_max eof_action shortest repeatlast'), byPlace: 0 },
  firequalizer: {
    keys: words('gain gain_entry delay accuracy wfunc fixed multi zero_phase scale dumpscale fft2 min_phase'),
    byPlace: 2,
  },
};

/** Something in a value that could be a path or an address. Colons and single slashes are ordinary in expressions. */
const PATH_LIKE =
  /^\s*(?:[\\/~]|[a-z][a-z0-9+.-]*:[\\/]|file:)|\.\.[\\/]|[a-z][a-z0-9+.-]*:\/\/|\/(?:proc|sys|dev|etc)\//i;

/** Options whose value is shown, never opened. */
const FREE_TEXT = words('text force_style');

/** A declared input that a filter opens by name. */
export interface FilterFile {
  readonly filter: string;
  readonly name: string;
}

/**
 * Checks parsed filters against the lists. Returns the declared inputs that the filters open.
 * Throws RenderFault `invalid-command`. Rendobar blocks filters that reach files, networks or code (security model).
 */
export function checkFilters(filters: readonly Filter[], isInput: (name: string) => boolean): readonly FilterFile[] {
  return filters.flatMap((filter) => {
    const policy = GUARDED_FILTERS[filter.name];
    if (policy === undefined && !PURE_FILTERS.has(filter.name) && !SOURCES.has(filter.name)) {
      throw refused(`Filter '${printable(filter.name)}' is not allowed in FFmpeg commands.`);
    }
    return checkOptions(filter, policy, isInput);
  });
}

/** Checks the graph of an input written as `-f lavfi -i GRAPH`: it must begin with a source. */
export function checkSourceGraph(filters: readonly Filter[]): void {
  if (!filters.some(({ name }) => SOURCES.has(name))) {
    throw refused(
      `A '-f lavfi' input must name a generated source: ${[...SOURCES].slice(0, 5).join(', ')} and others.`,
    );
  }
  checkFilters(filters, () => false);
}

function checkOptions(
  filter: Filter,
  policy: OptionPolicy | undefined,
  isInput: (name: string) => boolean,
): readonly FilterFile[] {
  const opened: FilterFile[] = [];
  let byPlace = 0;
  for (const { key, value } of filter.options) {
    if (key === undefined) byPlace += 1;
    if (key !== undefined && !/^[A-Za-z0-9_]+$/.test(key)) throw optionRefused(filter, key);
    const name = key ?? (byPlace === 1 ? policy?.first : undefined);
    if (name !== undefined && policy?.reads?.has(name) === true) {
      if (!isInput(value)) {
        throw refused(
          `Filter '${filter.name}' may only read files that are declared in 'inputs'; '${printable(value)}' is not.`,
        );
      }
      opened.push({ filter: filter.name, name: checkFilterFileName(value) });
      continue;
    }
    if (policy !== undefined && (key === undefined ? byPlace > policy.byPlace : !policy.keys.has(key))) {
      throw optionRefused(filter, key ?? `number ${byPlace}`);
    }
    if ((key === undefined || !FREE_TEXT.has(key)) && PATH_LIKE.test(value)) {
      throw refused(`A value of filter '${filter.name}' looks like a path or URL: '${printable(value)}'.`);
    }
  }
  return opened;
}

/** Such a file keeps its name, because the graph speaks of it; our own files beside it are called in0, in1, ... */
function checkFilterFileName(name: string): string {
  if (/^[A-Za-z0-9_][A-Za-z0-9_ .()-]{0,120}$/.test(name) && !/^(?:in\d|renderq-)/.test(name)) return name;
  throw refused(
    `Input '${printable(name)}' cannot be read by a filter under that name. Use a plain one such as 'subtitles.srt'.`,
  );
}

/** Tells whether a plain option value looks like a path or an address. */
export function looksLikePath(value: string): boolean {
  return PATH_LIKE.test(value);
}

function optionRefused(filter: Filter, key: string): RenderFault {
  return refused(`Option '${printable(key)}' of filter '${filter.name}' is not allowed in FFmpeg commands.`);
}

/** Quoted back to the caller: short, and without control characters. */
export function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?').slice(0, 80);
}

function words(list: string): ReadonlySet<string> {
  return new Set(list.trim().split(/\s+/));
}

function refused(message: string): RenderFault {
  return new RenderFault('invalid-command', message);
}
