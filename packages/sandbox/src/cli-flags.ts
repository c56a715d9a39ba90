import { parseArgs } from 'node:util';
import { nearestWord } from './nearest-word.ts';

export const DEFAULT_PORT = 4020;

/** Every flag, as `parseArgs` takes them. */
export const FLAGS = {
  port: { type: 'string' },
  'upload-port': { type: 'string' },
  host: { type: 'string' },
  ffmpeg: { type: 'string' },
  engine: { type: 'string' },
  'data-dir': { type: 'string' },
  faults: { type: 'string' },
  strict: { type: 'boolean' },
  'allow-live-env': { type: 'boolean' },
  version: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

export const USAGE = `renderq-sandbox: Rendobar and PhantomFlow on this machine, with real renders.

Usage: renderq-sandbox [options]

  --port N           Port to listen on (default ${DEFAULT_PORT}; 0 takes a free one)
  --upload-port N    Port of the upload host, an origin of its own (default: a free one)
  --host ADDRESS     Address to listen on (default 127.0.0.1; elsewhere there is neither control plane nor status page)
  --ffmpeg PATH      FFmpeg to use (default: FFMPEG_PATH, then the PATH, then WebAssembly)
  --engine KIND      native or wasm
  --data-dir FOLDER  Keep outputs there (default: a temporary folder, removed at the end)
  --faults FILE      Fault rules in force from the start: a JSON list of them
  --strict           Refuse movie scripts that use what PhantomFlow does not document
  --allow-live-env   Start although a live API key stands in the environment
  --version          Print the version
  --help, -h         Print this
`;

/** The command line as the sandbox understands it; names are those of the flags. */
export interface CliFlags {
  readonly port: number;
  readonly uploadPort: number | undefined;
  readonly host: string | undefined;
  readonly ffmpegPath: string | undefined;
  readonly engine: 'native' | 'wasm' | undefined;
  readonly dataDir: string | undefined;
  /** Path of the file. */
  readonly faults: string | undefined;
  readonly strict: boolean;
  readonly allowsLiveEnv: boolean;
  /** Print this instead of starting. */
  readonly asksFor: 'help' | 'version' | undefined;
}

/** An argument that makes no sense; the message names it and says what to write instead. */
export class CliFlagError extends Error {
  override readonly name = 'CliFlagError';
}

/** Reads the arguments behind the program's name. Throws CliFlagError for the first that it cannot use. */
export function readCliFlags(args: readonly string[]): CliFlags {
  refuseStrangers(args);
  const flags = parse(args);
  return {
    port: readPort('port', flags.port) ?? DEFAULT_PORT,
    uploadPort: readPort('upload-port', flags['upload-port']),
    host: flags.host,
    ffmpegPath: flags.ffmpeg,
    engine: readEngine(flags.engine),
    dataDir: flags['data-dir'],
    faults: flags.faults,
    strict: flags.strict ?? false,
    allowsLiveEnv: flags['allow-live-env'] ?? false,
    asksFor: flags.help ? 'help' : flags.version ? 'version' : undefined,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: FLAGS }).values;
  } catch (error) {
    // What is left to refuse is a flag without its value, or a value where none belongs.
    throw new CliFlagError(error instanceof Error ? error.message : 'The arguments cannot be read.');
  }
}

/** Told here and not by the parser: it does not say what was meant. */
function refuseStrangers(args: readonly string[]): void {
  const { tokens } = parseArgs({ args: [...args], options: FLAGS, strict: false, tokens: true });
  for (const token of tokens) {
    if (token.kind === 'positional') {
      const isPort = /^\d+$/.test(token.value);
      throw new CliFlagError(`${token.value} stands alone.${isPort ? ` Did you mean --port ${token.value}?` : ''}`);
    }
    if (token.kind === 'option' && !Object.hasOwn(FLAGS, token.name)) {
      const near = nearestWord(token.name, Object.keys(FLAGS));
      throw new CliFlagError(
        `There is no option ${token.rawName}.${near === undefined ? '' : ` Did you mean --${near}?`}`,
      );
    }
  }
}

function readPort(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const port = Number(text);
  if (text.trim() === '' || !Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new CliFlagError(`--${name} must be a number from 0 to 65535.`);
  }
  return port;
}

function readEngine(kind: string | undefined): CliFlags['engine'] {
  if (kind === undefined || kind === 'native' || kind === 'wasm') return kind;
  throw new CliFlagError('--engine must be native or wasm.');
}
