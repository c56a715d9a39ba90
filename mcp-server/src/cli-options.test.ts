import { expect, it } from 'vitest';
import { readCliOptions } from './cli-options.ts';

it('speaks stdio unless told otherwise', () => {
  expect(readCliOptions([], '1.2.3')).toEqual({ run: 'stdio' });
  expect(readCliOptions(['--stdio'], '1.2.3')).toEqual({ run: 'stdio' });
});

it('prints its version and its help', () => {
  expect(readCliOptions(['--version'], '1.2.3')).toEqual({ run: 'print', text: '1.2.3\n' });
  expect(readCliOptions(['-h'], '1.2.3')).toMatchObject({ run: 'print', text: expect.stringContaining('Usage:') });
});

it('refuses what it does not know, or does not have yet, by name', () => {
  expect(readCliOptions(['--stdio', '--port'], '1')).toEqual({
    run: 'refuse',
    reason: 'unknown argument "--port"; see renderq-mcp --help.',
  });
  expect(readCliOptions(['--http'], '1')).toMatchObject({ run: 'refuse', reason: expect.stringContaining('--http') });
});
