import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createProgressReader, type ProgressBlock } from './progress-report.ts';

const REPORT =
  'frame=1\nout_time_us=N/A\nout_time_ms=9\ntotal_size=N/A\nprogress=continue\nout_time_us=1500000\nout_time_ms=1500000\ntotal_size=4096\nprogress=end\n';
const EXPECTED: ProgressBlock[] = [
  { seconds: undefined, bytes: undefined },
  { seconds: 1.5, bytes: 4096 },
];

describe('createProgressReader', () => {
  it('takes microseconds from out_time_us and treats N/A as unknown', () => {
    const blocks: ProgressBlock[] = [];
    createProgressReader((block) => blocks.push(block))(REPORT);
    expect(blocks).toEqual(EXPECTED);
  });

  it('reads the same from chunks cut anywhere', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(REPORT.length), { maxLength: 10 }), (cuts) => {
        const blocks: ProgressBlock[] = [];
        const read = createProgressReader((block) => blocks.push(block));
        const edges = [0, ...cuts.sort((a, b) => a - b), REPORT.length];
        for (const [index, edge] of edges.entries()) read(REPORT.slice(edge, edges[index + 1] ?? edge));
        expect(blocks).toEqual(EXPECTED);
      }),
    );
  });
});
