import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { capableNode, isCapable } from './node-version.ts';

it.each([
  ['20.20.2', false],
  ['22.18.9', false],
  ['22.19.0', true],
  ['24.0.0', true],
])('Node %s runs the server: %s', (version, expected) => {
  expect(isCapable(version)).toBe(expected);
});

it('finds the Node that the workspace brings, and that one is new enough', () => {
  const binary = capableNode();
  const version = execFileSync(binary ?? '', ['-p', 'process.versions.node'], { encoding: 'utf8' }).trim();
  expect(isCapable(version)).toBe(true);
});
