import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parseSync } from 'oxc-parser';
import { freeNames } from './free-names.ts';

export interface ModuleFacts {
  readonly path: string;
  /** Specifiers as written, of imports and of re-exports. */
  readonly imports: readonly string[];
  /** How many dynamic imports it holds: what they name is not known before they run. */
  readonly dynamic: number;
  /** Names that it uses and that neither it nor an import declares. */
  readonly free: readonly string[];
}

/** A module and all that it reaches by relative imports. */
export function moduleGraph(entry: string): readonly ModuleFacts[] {
  const graph = new Map<string, ModuleFacts>();
  const visit = (path: string): void => {
    if (graph.has(path)) return;
    const facts = readModule(path, readFileSync(path, 'utf8'));
    graph.set(path, facts);
    for (const name of facts.imports) if (name.startsWith('.')) visit(resolve(dirname(path), name));
  };
  visit(entry);
  return [...graph.values()];
}

export function readModule(path: string, source: string): ModuleFacts {
  const { module, program, errors } = parseSync(path, source);
  if (errors.length > 0) throw new Error(`${path} cannot be parsed: ${errors[0]?.message}`);
  return {
    path,
    imports: [
      ...module.staticImports.map(({ moduleRequest }) => moduleRequest.value),
      ...module.staticExports.flatMap(({ entries }) => entries.flatMap((entry) => entry.moduleRequest?.value ?? [])),
    ],
    dynamic: module.dynamicImports.length,
    free: freeNames(program),
  };
}
