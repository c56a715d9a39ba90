import { enableCompileCache } from 'node:module';
import { readCliOptions } from './cli-options.ts';
import { readVersion } from './version.ts';

enableCompileCache();

const version = readVersion();
const command = readCliOptions(process.argv.slice(2), version);

switch (command.run) {
  case 'print':
    process.stdout.write(command.text);
    break;
  case 'refuse':
    process.stderr.write(`renderq-mcp: ${command.reason}\n`);
    process.exitCode = 2;
    break;
  case 'stdio': {
    // Loaded late so that the compile cache covers it.
    const { serveOnStdio } = await import('./serve-stdio.ts');
    serveOnStdio(version);
  }
}
