import { RenderError } from '@renderq/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson, fingerprintOf, providerKeyOf } from './fingerprint.ts';
import { newJobId } from './job-id.ts';

const shuffled = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(shuffled);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, member]) => [key, shuffled(member)]),
  );
};

describe('fingerprintOf', () => {
  it('does not depend on the order of keys, at any depth', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (request) => {
        expect(fingerprintOf('p', shuffled(request))).toBe(fingerprintOf('p', request));
      }),
    );
  });

  it('says the same JSON as the request', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (request) => {
        expect(JSON.parse(canonicalJson(request))).toEqual(JSON.parse(JSON.stringify(request)));
      }),
    );
  });

  it('tells different requests, orders of lists and providers apart', () => {
    const prints = [
      fingerprintOf('p', { a: [1, 2] }),
      fingerprintOf('p', { a: [2, 1] }),
      fingerprintOf('p', { a: ['1', 2] }),
      fingerprintOf('q', { a: [1, 2] }),
      fingerprintOf('p', { a: { 0: 1, 1: 2 } }),
    ];
    expect(new Set(prints).size).toBe(prints.length);
  });

  it('refuses what JSON cannot carry with a typed error', () => {
    const circle: Record<string, unknown> = {};
    circle.self = circle;
    for (const request of [circle, undefined, () => 1, { big: 1n }]) {
      try {
        fingerprintOf('p', request);
        expect.unreachable();
      } catch (fault) {
        expect(RenderError.isInstance(fault) && fault.record).toMatchObject({
          code: 'INVALID_REQUEST',
          field: 'request',
        });
      }
    }
  });
});

describe('providerKeyOf', () => {
  const local = { principal: 'local', isKnownKey: false };

  it('does not show the key of the caller, and changes with the request', () => {
    const key = providerKeyOf({ ...local, id: 'job_rq1', idempotencyKey: 'customer-42', fingerprint: 'f' });
    expect(key).not.toContain('customer-42');
    expect(key).toBe(providerKeyOf({ ...local, id: 'job_rq2', idempotencyKey: 'customer-42', fingerprint: 'f' }));
    expect(key).not.toBe(providerKeyOf({ ...local, id: 'job_rq1', idempotencyKey: 'customer-42', fingerprint: 'g' }));
  });

  it('passes on a key that was made here, so that a repeat after a lost answer meets the first job', () => {
    for (const first of [
      { ...local, id: newJobId(), fingerprint: 'f' },
      { ...local, id: 'x', idempotencyKey: 'k', fingerprint: 'f' },
    ]) {
      const made = providerKeyOf(first);
      expect(providerKeyOf({ ...local, id: newJobId(), idempotencyKey: made, fingerprint: 'g' })).toBe(made);
    }
  });

  it('gives two principals different keys for the same call, also when one has learned the key of the other', () => {
    const call = { id: newJobId(), idempotencyKey: 'k', fingerprint: 'f', isKnownKey: false };
    const made = providerKeyOf({ ...call, principal: 'ann' });
    expect(providerKeyOf({ ...call, principal: 'bob' })).not.toBe(made);
    expect(providerKeyOf({ ...call, principal: 'bob', idempotencyKey: made })).not.toBe(made);
    expect(providerKeyOf({ ...call, principal: 'ann', idempotencyKey: made, isKnownKey: true })).toBe(made);
  });
});
