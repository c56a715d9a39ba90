#!/usr/bin/env node
import { parseArgs } from 'node:util';
import { FaultRuleError } from './service/fault-check.ts';
import { readFaultFile } from './service/fault-file.ts';
import { findLiveKeys } from './service/live-keys.ts';
import { isLoopback, type Sandbox, type SandboxOptions, startSandbox } from './service/start-sandbox.ts';
import { SANDBOX_VERSION } from './service/version.ts';

const DEFAULT_PORT = 4020;

const USAGE = `renderq-sandbox: Rendobar and PhantomFlow on this machine, with real renders.

Usage: renderq-sandbox [options]

  --port N           Port to listen on (default ${DEFAULT_PORT}; 0 takes a free one)
  --upload-port N    Port of the upload host, an origin of its own (default: a free one)
  --host ADDRESS     Address to listen on (default 127.0.0.1; elsewhere there is no control plane)
  --ffmpeg PATH      FFmpeg to use (default: FFMPEG_PATH, then the PATH, then WebAssembly)
  --engine KIND      native or wasm
  --data-dir FOLDER  Keep outputs there (default: a temporary folder, removed at the end)
  --faults FILE      Fault rules in force from the start: a JSON list of them
  --allow-live-env   Start although a live API key stands in the environment
  --version, --help
`;

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

function fail(message: string): never {
  process.stderr.write(`renderq-sandbox: ${message}\n`);
  process.exit(1);
}

function readFlags() {
  try {
    return parseArgs({
      options: {
        port: { type: 'string' },
        'upload-port': { type: 'string' },
        faults: { type: 'string' },
        host: { type: 'string' },
        ffmpeg: { type: 'string' },
        engine: { type: 'string' },
        'data-dir': { type: 'string' },
        'allow-live-env': { type: 'boolean', default: false },
        version: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }).values;
  } catch (error) {
    return fail(`${error instanceof Error ? error.message : 'unreadable arguments'}\n\n${USAGE}`);
  }
}

function readPort(name: string, text: string): number {
  const port = Number(text);
  if (text.trim() === '' || !Number.isInteger(port) || port < 0 || port > 65_535) {
    fail(`--${name} must be a number from 0 to 65535.`);
  }
  return port;
}

async function readOptions(flags: ReturnType<typeof readFlags>): Promise<SandboxOptions> {
  const port = readPort('port', flags.port ?? String(DEFAULT_PORT));
  const uploadPort = flags['upload-port'];
  const faults =
    flags.faults === undefined
      ? undefined
      : await readFaultFile(flags.faults).catch((error: unknown) =>
          fail(`--faults: ${error instanceof Error ? error.message : 'unreadable'}`),
        );
  const { engine } = flags;
  if (engine !== undefined && engine !== 'native' && engine !== 'wasm') fail('--engine must be native or wasm.');
  return {
    port,
    ...(uploadPort === undefined ? {} : { uploadPort: readPort('upload-port', uploadPort) }),
    ...(faults === undefined ? {} : { faults }),
    ...(flags.host === undefined ? {} : { host: flags.host }),
    ...(flags.ffmpeg === undefined ? {} : { ffmpegPath: flags.ffmpeg }),
    ...(engine === undefined ? {} : { engine }),
    ...(flags['data-dir'] === undefined ? {} : { dataDir: flags['data-dir'] }),
  };
}

function describeStartFault(error: unknown, port: number | undefined): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE') {
    // Two ports are opened; the system's own words say which one was taken.
    const taken = error instanceof Error && 'port' in error ? error.port : port;
    return `port ${taken} is taken; choose another with ${taken === port ? '--port' : '--upload-port'}.`;
  }
  if (error instanceof FaultRuleError) return `--faults: ${error.field}: ${error.message}`;
  return error instanceof Error ? error.message : 'could not start.';
}

function announce({ url, rendobarUrl, phantomflowUrl, uploadUrl, keys }: Sandbox, host: string): void {
  print(`renderq sandbox ${SANDBOX_VERSION} listens on ${url}

  Rendobar      ${rendobarUrl}
                key ${keys.rendobar}
  PhantomFlow   ${phantomflowUrl}
                key ${keys.phantomflow}
  Uploads       ${uploadUrl}
  Control       ${isLoopback(host) ? `${url}/_sandbox/` : 'off: not on loopback'}

Try it:
  curl -s ${phantomflowUrl}/api/render -H 'x-api-key: ${keys.phantomflow}' -H 'content-type: application/json' \\
    -d '{"width":640,"height":360,"scenes":[{"duration":2,"elements":[{"type":"text","text":"Hello"}]}]}'
  curl -s ${phantomflowUrl}/api/jobs -H 'x-api-key: ${keys.phantomflow}'
`);
}

async function main(): Promise<void> {
  const flags = readFlags();
  if (flags.help) return print(USAGE);
  if (flags.version) return print(SANDBOX_VERSION);
  const options = await readOptions(flags);
  const live = findLiveKeys(process.env);
  if (live.length > 0 && !flags['allow-live-env']) {
    fail(
      `${live.join(' and ')} in the environment looks like a live key. A client that is started from here could spend ` +
        'money although you mean to rehearse. Unset it, or start with --allow-live-env.',
    );
  }

  const sandbox = await startSandbox(options).catch((error: unknown) => fail(describeStartFault(error, options.port)));
  const stop = () => {
    sandbox.close().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);

  announce(sandbox, options.host ?? '127.0.0.1');
  if (options.faults) print(`Faults in force from the start: ${options.faults.length}.`);
  await sandbox.engine.then(
    ({ kind, version, reason }) => print(`Engine: FFmpeg ${version} (${kind}). ${reason}`),
    (error: unknown) =>
      process.stderr.write(`No engine: ${error instanceof Error ? error.message : 'unknown reason'}\n`),
  );
}

await main();
