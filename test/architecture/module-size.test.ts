import { expect, it } from 'vitest';
import { readSource, sourceFiles } from './import-graph.ts';

const WALL = 400;

it(`no source file is longer than ${WALL} lines`, () => {
  const lengths = sourceFiles().map((path) => ({ path, lines: readSource(path).split('\n').length - 1 }));
  expect(lengths.filter(({ lines }) => lines > WALL)).toEqual([]);
});
