import { RenderError } from '@renderq/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { readArguments } from './read-arguments.ts';

const SCHEMA = z.object({
  provider: z.enum(['rendobar', 'phantomflow']),
  request: z.looseObject({}),
  seconds: z.number().min(0).max(45).optional().describe('How long to wait'),
});

describe('readArguments', () => {
  it('either reads what the schema admits or refuses with one of its own fields, whatever is sent', () => {
    fc.assert(
      fc.property(fc.oneof(fc.anything(), fc.record({ provider: fc.anything(), request: fc.object() })), (raw) => {
        try {
          const { args } = readArguments(SCHEMA, raw);
          expect(SCHEMA.parse(args)).toEqual(args);
        } catch (fault) {
          if (!RenderError.isInstance(fault)) throw fault;
          expect(fault.code).toBe('INVALID_REQUEST');
          expect(Object.keys(SCHEMA.shape)).toContain(fault.record.field);
        }
      }),
    );
  });

  it('leaves a request as it came, with everything the provider may understand in it', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (request) => {
        const raw = JSON.parse(JSON.stringify({ provider: 'rendobar', request }));
        expect(readArguments(SCHEMA, raw).args.request).toEqual(raw.request);
      }),
    );
    const raw = JSON.parse('{"provider":"rendobar","request":{"__proto__":{"a":1}}}');
    expect(JSON.stringify(readArguments(SCHEMA, raw).args.request)).toBe('{"__proto__":{"a":1}}');
  });

  it('refuses what is nested so deep that nothing behind it could walk it', () => {
    const nested = (levels: number) => {
      let inner: unknown = 1;
      for (let level = 0; level < levels; level += 1) inner = level % 2 ? [inner] : { a: inner };
      return { provider: 'rendobar', request: { a: inner } };
    };
    expect(readArguments(SCHEMA, nested(99)).warnings).toEqual([]);
    for (const levels of [100, 200_000]) {
      expect(() => readArguments(SCHEMA, nested(levels))).toThrow('request is nested more than 100 levels deep.');
    }
  });

  it('names a few unknown arguments, without what cannot be seen in them, and counts the others', () => {
    const many = Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`x\u0007\u200b${index}`, 1]));
    const { warnings } = readArguments(SCHEMA, { provider: 'rendobar', request: {}, ...many });
    expect(warnings).toHaveLength(11);
    expect(warnings[0]).toBe("Ignored unknown argument 'x 0'.");
    expect(warnings[10]).toBe('Ignored 4990 more unknown arguments.');
  });

  it('says in the remedy what the argument is for', () => {
    try {
      readArguments(SCHEMA, { provider: 'rendobar', request: {}, seconds: 46 });
      expect.unreachable();
    } catch (fault) {
      expect(RenderError.isInstance(fault) && fault.record).toMatchObject({
        field: 'seconds',
        message: 'seconds must be at most 45.',
        remedy: 'Correct seconds and call again: How long to wait.',
      });
    }
  });
});
