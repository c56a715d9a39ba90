// The root commands. `node packages/toolchain/run.mjs <task> [arguments]`; see the README for what each is for.
import { join } from 'node:path';
import { packBundle, packTarballs } from './pack-server.mjs';
import { CommandFailed, nodeBinary, root, run } from './process.mjs';
import { setUp } from './setup.mjs';
import { closingLine, reportFile } from './test-report.mjs';

const VITEST = ['node_modules/vitest/vitest.mjs', 'run'];
const ROOMS = [
  'packages/core',
  'packages/dispatcher',
  'packages/sandbox',
  'packages/demo',
  'mcp-server',
  'nodes',
  'test',
];

/** Where packages and bundles go. */
const OUT = join(root, 'out');

const node = (...args) => run(nodeBinary, args);

async function build() {
  await run('tsc', ['-b', 'packages/toolchain']);
  await node('nodes/build.mjs');
}

async function check() {
  await run('biome', ['ci', '--config-path', join(root, '.biome.json'), '.']);
  for (const room of ROOMS) await run('tsc', ['-p', `${room}/tsconfig.json`]);
  await run('knip', ['--no-config-hints']);
}

/** Runs vitest, then closes with one plain line that any reader of a log understands. */
async function vitest(args, config = 'test/vitest.config.ts') {
  const report = reportFile();
  try {
    await node(
      ...VITEST,
      '--config',
      config,
      ...args,
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${report}`,
    );
  } finally {
    console.log(closingLine(report));
  }
}

const TASKS = {
  setup: async () => {},
  build,
  check,
  fix: () => run('biome', ['check', '--config-path', join(root, '.biome.json'), '--write', '.']),
  demo: async (args) => {
    await build();
    await node('packages/demo/dist/main.js', ...args);
  },
  sandbox: async (args) => {
    await build();
    await node('packages/sandbox/dist/cli.js', ...args);
  },
  mcp: async (args) => {
    await build();
    await node('mcp-server/dist/cli.js', ...args);
  },
  docs: async () => {
    await build();
    await node('packages/toolchain/write-error-docs.mjs');
    await node('packages/toolchain/write-fidelity-docs.mjs');
  },
  bench: async (args) => {
    await build();
    await node('test/bench/main.ts', ...args);
  },
  'pack:npm': async ([folder = OUT]) => {
    await build();
    for (const path of await packTarballs(folder)) console.log(path);
  },
  'pack:mcpb': async ([folder = OUT]) => {
    await build();
    console.log(await packBundle(folder, await packTarballs(folder)));
  },
  test: async (args) => {
    await build();
    await check();
    await vitest(args);
  },
  'test:n8n': async (args) => {
    await build();
    await vitest(args, 'test/n8n/vitest.config.ts');
  },
  'test:unit': (args) => vitest(['--project', 'unit', '--project', 'nodes', ...args]),
};

const [name = '', ...args] = process.argv.slice(2);
const task = TASKS[name];
if (!task) {
  console.error(`Unknown task "${name}". Known: ${Object.keys(TASKS).join(', ')}.`);
  process.exit(2);
}
try {
  await setUp();
  await task(args);
} catch (error) {
  // A failed command has already said why on its own output.
  if (!(error instanceof CommandFailed)) console.error(error instanceof Error ? error.message : error);
  process.exit(error instanceof CommandFailed ? error.exitCode : 1);
}
