// Bundles the nodes and credentials as n8n loads them: CommonJS, one file each at the path that package.json names, and
// what they have in common (core with its account registry above all) in shared files, so that a process has it once.
import { cpSync, globSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

/** All that n8n lets a community package take from outside its own files and that these nodes take. */
const FROM_HOST = ['n8n-workflow', 'node:crypto'];

const home = dirname(fileURLToPath(import.meta.url));
const dist = join(home, 'dist');
/** Made apart and put in place when it is whole: somebody may be packing what was built before. */
const fresh = join(home, 'out', String(process.pid));
const find = (pattern) => globSync(pattern, { cwd: home }).sort();

const entries = find('{nodes,credentials}/**/*.{node,credentials}.ts');
const copied = find('{nodes/**/*.node.json,icons/*.svg}');

const { n8n } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'));
const registered = [...n8n.nodes, ...n8n.credentials].sort();
const built = entries.map((path) => `dist/${path.replace(/\.ts$/, '.js')}`).sort();
if (String(registered) !== String(built)) {
  throw new Error(
    `package.json registers other files than there are:\n${registered.join('\n')}\n\n${built.join('\n')}`,
  );
}

const bundle = await rolldown({
  cwd: home,
  input: Object.fromEntries(entries.map((path) => [path.replace(/\.ts$/, ''), path])),
  // n8n brings its own; what else the bundle takes from outside is what n8n lets a community package take.
  external: FROM_HOST,
  platform: 'neutral',
  // Core's sources rather than its build: one compiler less between them and what is shipped.
  resolve: { conditionNames: ['@renderq/source', 'import', 'default'], mainFields: ['module', 'main'] },
  onLog(level, log, handle) {
    if (log.code === 'UNRESOLVED_IMPORT') throw new Error(log.message);
    handle(level, log);
  },
});
const { output } = await bundle.write({
  dir: fresh,
  format: 'cjs',
  entryFileNames: '[name].js',
  chunkFileNames: 'shared/[name].js',
  exports: 'named',
  codeSplitting: {
    groups: [
      { name: 'core', test: /[\\/]packages[\\/]core[\\/]|[\\/]node_modules[\\/]/ },
      { name: 'nodes', test: /[\\/]nodes[\\/]src[\\/]/ },
    ],
  },
});
await bundle.close();
const files = new Set(output.map(({ fileName }) => fileName));
const strays = output.flatMap(({ imports = [] }) =>
  imports.filter((name) => !files.has(name) && !FROM_HOST.includes(name)),
);
if (strays.length > 0) throw new Error(`The bundle takes from outside what n8n does not give it: ${strays.join(', ')}`);
for (const path of copied) {
  mkdirSync(dirname(join(fresh, path)), { recursive: true });
  cpSync(join(home, path), join(fresh, path));
}
cpSync(join(home, '../LICENSE'), join(fresh, 'LICENSE'));
rmSync(dist, { recursive: true, force: true });
renameSync(fresh, dist);
