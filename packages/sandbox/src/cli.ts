#!/usr/bin/env node
import { CliFlagError, type CliFlags, readCliFlags, USAGE } from './cli-flags.ts';
import { FaultRuleError } from './service/fault-check.ts';
import { readFaultFile } from './service/fault-file.ts';
import { findLiveKeys } from './service/live-keys.ts';
import { isLoopback, type Sandbox, type SandboxOptions, startSandbox } from './service/start-sandbox.ts';
import { SANDBOX_VERSION } from './service/version.ts';

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

function fail(message: string): never {
  process.stderr.write(`renderq-sandbox: ${message}\n`);
  process.exit(1);
}

function readFlags(): CliFlags {
  try {
    return readCliFlags(process.argv.slice(2));
  } catch (error) {
    if (!(error instanceof CliFlagError)) throw error;
    return fail(`${error.message}\nSee renderq-sandbox --help.`);
  }
}

async function readOptions(flags: CliFlags): Promise<SandboxOptions> {
  const { port, uploadPort, host, ffmpegPath, engine, dataDir, strict } = flags;
  const faults =
    flags.faults === undefined
      ? undefined
      : await readFaultFile(flags.faults).catch((error: unknown) =>
          fail(`--faults: ${error instanceof Error ? error.message : 'unreadable'}`),
        );
  return {
    port,
    strict,
    ...(uploadPort === undefined ? {} : { uploadPort }),
    ...(faults === undefined ? {} : { faults }),
    ...(host === undefined ? {} : { host }),
    ...(ffmpegPath === undefined ? {} : { ffmpegPath }),
    ...(engine === undefined ? {} : { engine }),
    ...(dataDir === undefined ? {} : { dataDir }),
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
  const hasControl = isLoopback(host);
  print(`renderq sandbox ${SANDBOX_VERSION} listens on ${url}

  Rendobar      ${rendobarUrl}
                key ${keys.rendobar}
  PhantomFlow   ${phantomflowUrl}
                key ${keys.phantomflow}
  Uploads       ${uploadUrl}
  Control       ${hasControl ? `${url}/_sandbox/` : 'off: not on loopback'}
${hasControl ? `\nLook at it: ${url}/\n` : ''}
Try it:
  curl -s ${phantomflowUrl}/api/render -H 'x-api-key: ${keys.phantomflow}' -H 'content-type: application/json' \\
    -d '{"width":640,"height":360,"scenes":[{"duration":2,"elements":[{"type":"text","text":"Hello"}]}]}'
  curl -s ${phantomflowUrl}/api/jobs -H 'x-api-key: ${keys.phantomflow}'
`);
}

async function main(): Promise<void> {
  const flags = readFlags();
  if (flags.asksFor === 'help') return print(USAGE);
  if (flags.asksFor === 'version') return print(SANDBOX_VERSION);
  const options = await readOptions(flags);
  const live = findLiveKeys(process.env);
  if (live.length > 0 && !flags.allowsLiveEnv) {
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
  if (options.strict) print('Strict: movie scripts may hold nothing but what PhantomFlow documents.');
  if (options.faults) print(`Faults in force from the start: ${options.faults.length}.`);
  await sandbox.engine.then(
    ({ kind, version, reason }) => print(`Engine: FFmpeg ${version} (${kind}). ${reason}`),
    (error: unknown) =>
      process.stderr.write(`No engine: ${error instanceof Error ? error.message : 'unknown reason'}\n`),
  );
}

await main();
