import type { IDataObject } from 'n8n-workflow';
import { describe, expect, it } from 'vitest';
import { createSeenIds } from './seen-ids.ts';

describe('deliveries that come more than once', () => {
  it('are taken once, each node for itself', () => {
    const seen = createSeenIds();
    const store: IDataObject = {};
    expect([seen.isFirst('n1', store, 'a'), seen.isFirst('n1', store, 'a')]).toEqual([true, false]);
    expect(seen.isFirst('n2', {}, 'a')).toBe(true);
  });

  it('are remembered over a restart, and by the process before n8n has written anything down', () => {
    const store: IDataObject = {};
    const seen = createSeenIds();
    seen.isFirst('n1', store, 'a');
    expect(createSeenIds().isFirst('n1', JSON.parse(JSON.stringify(store)) as IDataObject, 'a')).toBe(false);
    expect(seen.isFirst('n1', {}, 'a')).toBe(false);
  });

  it('take up bounded room in what n8n writes down', () => {
    const store: IDataObject = {};
    const seen = createSeenIds();
    for (let index = 0; index < 1000; index += 1) seen.isFirst('n1', store, `whd_${index}`);
    expect(store.seen).toHaveLength(200);
    expect(store.seen).toContain('whd_999');
  });

  it('start anew where what was written down is something else', () => {
    expect(createSeenIds().isFirst('n1', { seen: 'whd_1' }, 'whd_1')).toBe(true);
  });
});
