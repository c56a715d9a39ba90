import { enableCompileCache } from 'node:module';
import { type CliCommand, readCliOptions } from './cli-options.ts';
import { readVersion } from './version.ts';

enableCompileCache();

const USAGE_FAULT = 2;
const FAULT = 1;

const version = readVersion();

/** What runs is loaded late, so that the compile cache covers it and nothing is loaded in vain. */
async function run(command: CliCommand): Promise<void> {
  switch (command.run) {
    case 'print':
      process.stdout.write(command.text);
      return;
    case 'refuse':
      process.stderr.write(`renderq-mcp: ${command.reason}\n`);
      process.exitCode = USAGE_FAULT;
      return;
    case 'settle': {
      const { settleJob } = await import('./settle-job.ts');
      const { jobId, principal, outcome } = command;
      process.stdout.write(await settleJob(version, jobId, principal, outcome));
      return;
    }
    case 'http': {
      const { serveOnHttp } = await import('./serve-http.ts');
      return serveOnHttp(version, command.http);
    }
    case 'stdio': {
      const { serveOnStdio } = await import('./serve-stdio.ts');
      serveOnStdio(version);
    }
  }
}

try {
  await run(readCliOptions(process.argv.slice(2), version));
} catch (fault) {
  const { RenderError } = await import('@renderq/core');
  if (!RenderError.isInstance(fault)) throw fault;
  process.stderr.write(`renderq-mcp: ${fault.message} ${fault.record.remedy}\n`);
  process.exitCode = fault.code === 'INVALID_REQUEST' ? USAGE_FAULT : FAULT;
}
