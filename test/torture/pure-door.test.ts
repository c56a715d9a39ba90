import { readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BUILT_DOOR } from './built-core.ts';
import { COMPUTING_NAMES } from './computing-names.ts';
import { moduleGraph, readModule } from './module-graph.ts';

/** Libraries that parse, compare and sort, and do nothing else. */
const LIBRARIES = ['@cfworker/json-schema', 'fastest-levenshtein', 'tinyqueue', 'valibot'];

const graph = moduleGraph(BUILT_DOOR);
const root = dirname(BUILT_DOOR);
const inside = (path: string) => path.slice(root.length + 1);

describe('door "." of the built core', () => {
  it('leads to the whole client, and never to the rooms of a host', () => {
    const paths = graph.map(({ path }) => inside(path));
    expect(paths).toEqual(
      expect.arrayContaining(['client.js', 'queue/account.js', 'poll/watcher.js', 'retry/repeat.js']),
    );
    expect(paths.filter((path) => /^(host|testing|node\.js|\.\.)/.test(path))).toEqual([]);
  });

  it('imports its own files and libraries that compute, no module of Node', () => {
    const foreign = [...new Set(graph.flatMap(({ imports }) => imports))].filter((name) => !name.startsWith('.'));
    expect(foreign.filter((name) => !LIBRARIES.includes(name))).toEqual([]);
    expect(foreign.filter((name) => name.startsWith('node:') || builtinModules.includes(name))).toEqual([]);
  });

  it('imports nothing while it runs', () => {
    expect(graph.filter(({ dynamic }) => dynamic > 0).map(({ path }) => inside(path))).toEqual([]);
  });

  it('takes no timer, socket, process, console, fetch or global object from its host', () => {
    const taken = graph.flatMap(({ path, free }) => free.map((name) => ({ path: inside(path), name })));
    expect(taken.filter(({ name }) => !COMPUTING_NAMES.has(name))).toEqual([]);
  });

  it('neither reads a clock nor rolls dice nor starts a timer by way of what it may use', () => {
    const hidden = /\bMath\.random\b|\bDate\.now\b|\bnew Date\(\)|\bAbortSignal\.timeout\b|\bperformance\b/;
    const code = graph.map(({ path }) => ({
      path: inside(path),
      code: readFileSync(path, 'utf8').replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, ''),
    }));
    expect(code.filter((file) => hidden.test(file.code)).map(({ path }) => path)).toEqual([]);
  });
});

describe('the proof', () => {
  const freeOf = (code: string) => readModule('x.js', code).free;

  it.each([
    ['setTimeout(() => 1, 2)', ['setTimeout']],
    ['const f = () => globalThis.fetch?.("x")', ['globalThis']],
    ['export const now = () => process.hrtime()', ['process']],
    ['const a = { console, [Buffer]: 1 }', ['Buffer', 'console']],
    ['function f(x = setInterval) { return x }', ['setInterval']],
    ['if (true) { const process = 1; } process.exit()', ['process']],
    ['const f = (fetch) => fetch; fetch("x")', ['fetch']],
    ['class A { static { queueMicrotask(f) } }', ['f', 'queueMicrotask']],
    ['export { performance }', ['performance']],
    ['typeof require', ['require']],
  ])('sees what %s takes from its host', (code, names) => {
    expect(freeOf(code)).toEqual(names);
  });

  it.each([
    'import { fetch } from "x"; fetch("x")',
    'const { console, ...rest } = {}; console.log(rest)',
    'for (const process of []) process.exit()',
    'try { } catch (global) { global }',
    'const window = 1; const o = { window }; o.setTimeout(); o.process.x',
    'function module() { return module } class self { setTimeout() { return self } }',
    'f(); function f() { return arguments }',
  ])('takes no name of its own for one of the host: %s', (code) => {
    expect(freeOf(code)).toEqual([]);
  });

  it('sees imports in every form', () => {
    const facts = readModule(
      'x.js',
      'import "a"; import b from "b"; export * from "c"; export { d } from "d"; import("e")',
    );
    expect(facts.imports).toEqual(['a', 'b', 'c', 'd']);
    expect(facts.dynamic).toBe(1);
  });
});
