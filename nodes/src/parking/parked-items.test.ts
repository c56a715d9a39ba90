import fc from 'fast-check';
import type { IDataObject } from 'n8n-workflow';
import { describe, expect, it } from 'vitest';
import { toData } from '../items/to-data.ts';
import { parkedJobs, readStoredItems, timeoutError } from './parked-items.ts';

const parked = (jobId: string) => toData({ error: timeoutError('rendobar', jobId, 60_000) });

describe('items that stand for parked jobs', () => {
  it('are told from results and failures', () => {
    const stored: IDataObject[] = [
      { jobId: 'done', state: 'succeeded' },
      parked('a'),
      { error: { code: 'RENDER_FAILED', jobId: 'broken' } },
      { error: 'text' },
      parked('b'),
      { error: { code: 'WAIT_TIMEOUT' } },
    ];
    expect(parkedJobs(stored)).toEqual([
      { index: 1, jobId: 'a' },
      { index: 4, jobId: 'b' },
    ]);
  });

  it('have `error` and nothing beside it, the one shape that n8n sends to its Error output', () => {
    expect(Object.keys(parked('a'))).toEqual(['error']);
  });

  it('are not called retryable, because a flow that then renders again pays again', () => {
    expect(timeoutError('rendobar', 'a', 60_000).record).toMatchObject({ code: 'WAIT_TIMEOUT', retryable: false });
  });

  it('survive being written down and read back, in any mixture', () => {
    const json = fc.oneof(fc.string({ minLength: 1 }).map(parked), fc.dictionary(fc.string(), fc.jsonValue()));
    fc.assert(
      fc.property(fc.array(json), (items) => {
        const stored = items as IDataObject[];
        const written = JSON.parse(JSON.stringify(stored)) as IDataObject[];
        const read = readStoredItems((index) => written[index]);
        expect(read).toEqual(written);
        expect(parkedJobs(read)).toEqual(parkedJobs(stored));
      }),
    );
  });

  it('are read up to the first that an expression does not yield', () => {
    const evaluate = (index: number) => {
      if (index === 2) throw new Error('no such item');
      return { index };
    };
    expect(readStoredItems(evaluate)).toEqual([{ index: 0 }, { index: 1 }]);
    expect(readStoredItems((index) => (index < 1 ? { a: 1 } : undefined))).toEqual([{ a: 1 }]);
  });

  it('are copies: an expression gives a live view', () => {
    const live = { a: { b: 1 } };
    const [copy] = readStoredItems((index) => (index === 0 ? live : undefined));
    live.a.b = 2;
    expect(copy).toEqual({ a: { b: 1 } });
  });
});
