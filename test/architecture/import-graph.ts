import { globSync, readFileSync } from 'node:fs';
import { dirname, join, posix, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseSync } from 'oxc-parser';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** One import of one file. `to` is a repository path for a relative import, else the specifier as written. */
export interface ImportEdge {
  readonly from: string;
  readonly to: string;
}

const SOURCES = ['packages/*/src/**/*.ts', 'mcp-server/src/**/*.ts', 'nodes/**/*.ts', 'test/**/*.ts'];

/** Every TypeScript source of the repository, as paths from its root with forward slashes. */
export function sourceFiles(): string[] {
  return globSync(SOURCES, { cwd: root, exclude: (path) => path.includes('node_modules') || path.includes('dist') })
    .map((path) => path.split(sep).join('/'))
    .filter((path) => !path.endsWith('.d.ts'))
    .sort();
}

export function readSource(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

/** Every import and re-export, type-only and dynamic ones included: a type is a dependency too. */
export function importEdges(files: readonly string[] = sourceFiles()): ImportEdge[] {
  return files.flatMap((from) => {
    const { module } = parseSync(from, readSource(from));
    const specifiers = [
      ...module.staticImports.map((item) => item.moduleRequest.value),
      ...module.staticExports.flatMap((item) => item.entries.flatMap((entry) => entry.moduleRequest?.value ?? [])),
      ...module.dynamicImports.map((item) => readLiteral(from, item.moduleRequest.start, item.moduleRequest.end)),
    ];
    return [...new Set(specifiers)]
      .filter((specifier) => specifier !== undefined)
      .map((specifier) => ({ from, to: specifier.startsWith('.') ? resolveRelative(from, specifier) : specifier }));
  });
}

/** The cycles among relative imports, each as the list of files that close it. */
export function importCycles(edges: readonly ImportEdge[]): string[][] {
  const targets = new Map<string, string[]>();
  for (const { from, to } of edges) targets.set(from, [...(targets.get(from) ?? []), to]);
  const cycles: string[][] = [];
  const settled = new Set<string>();
  const visit = (file: string, path: readonly string[]): void => {
    const start = path.indexOf(file);
    if (start >= 0) {
      cycles.push([...path.slice(start), file]);
      return;
    }
    if (settled.has(file)) return;
    for (const next of targets.get(file) ?? []) if (targets.has(next)) visit(next, [...path, file]);
    settled.add(file);
  };
  for (const file of targets.keys()) visit(file, []);
  return cycles;
}

function readLiteral(file: string, start: number, end: number): string | undefined {
  return /^['"](.+)['"]$/.exec(readSource(file).slice(start, end))?.[1];
}

function resolveRelative(from: string, specifier: string): string {
  return posix.normalize(
    relative('.', join(dirname(from), specifier))
      .split(sep)
      .join('/'),
  );
}
