import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { createLogTail, firstErrorLine, withoutLocalPaths } from './log-tail.ts';

describe('createLogTail', () => {
  it('keeps the end of a log of any length', () => {
    const tail = createLogTail(10);
    for (let index = 0; index < 1_000; index += 1) tail.add(`${index} `);
    expect(tail.read()).toBe('7 998 999 ');
  });
});

describe('withoutLocalPaths', () => {
  it('removes work folders, the temporary folder and control characters, and keeps file names', () => {
    const log = `\u001b[31m/srv/jobs/7/in0\u001b[0m: bad\u0007 header, ${tmpdir()}/x/y.mp4, /srv/jobs/7`;
    expect(withoutLocalPaths(log, ['/srv/jobs/7'])).toBe('in0: bad header, x/y.mp4, .');
  });
});

describe('firstErrorLine', () => {
  it('finds the cause in front of its consequences and drops the address of the context', () => {
    const log =
      'Input #0, mov\n[mov,mp4 @ 0x55d0c8] moov atom not found\nin0: Invalid data found when processing input\nConversion failed!';
    expect(firstErrorLine(log)).toBe('moov atom not found');
  });

  it('is undefined for a log without trouble', () => {
    expect(firstErrorLine('Input #0, mov\n  Duration: 00:00:05.00')).toBeUndefined();
  });
});
