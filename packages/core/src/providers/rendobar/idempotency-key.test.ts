import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RenderError, type RenderErrorInit } from '../../errors/render-error.ts';
import { keyOfReference, resubmitCall } from './idempotency-key.ts';

const submit = (idempotencyKey: string) =>
  ({ method: 'POST', path: '/jobs', body: { type: 'ffmpeg', idempotencyKey } }) as const;
const refusal = (more: Partial<RenderErrorInit> = {}) =>
  new RenderError({ code: 'CONFLICT', providerCode: 'CONFLICT', message: 'bound', jobId: 'job_dead', ...more });

describe('the key of a reference', () => {
  it('fits a header and a body, and is another for another reference', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 1, maxLength: 600, unit: 'grapheme' }),
        fc.string({ minLength: 1 }),
        (a, b) => {
          expect(keyOfReference(a)).toMatch(/^[\x21-\x7e]{1,255}$/);
          expect(keyOfReference(a)).toBe(keyOfReference(a));
          expect(keyOfReference(a) === keyOfReference(b)).toBe(a === b);
          expect(keyOfReference(`${a} `)).not.toBe(keyOfReference(a));
        },
      ),
    );
  });
});

describe('walking past spent keys', () => {
  it('never comes by the same key twice and stays within 255 characters', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 255 }), (first) => {
        const keys = [first];
        for (let walked = 0; walked < 5; walked += 1) {
          const next = resubmitCall(submit(keys.at(-1) ?? ''), refusal(), walked);
          keys.push(JSON.parse(JSON.stringify(next?.body)).idempotencyKey);
        }
        expect(new Set(keys).size).toBe(6);
        for (const key of keys) expect(key.length).toBeLessThanOrEqual(255);
      }),
    );
  });

  it('leaves everything else of the request as it was', () => {
    expect(resubmitCall(submit('a'), refusal(), 0)).toEqual(submit('a~2'));
  });

  it.each([
    ['another code', { code: 'INVALID_REQUEST' }],
    ['a conflict that names no job', { jobId: undefined }],
    ['a conflict that is not of the API', { providerCode: undefined }],
  ] as const)('lets %s stand', (_name, more) => {
    const { jobId, providerCode, ...rest } = { jobId: 'job_dead', providerCode: 'CONFLICT', ...more };
    const error = new RenderError({
      code: 'CONFLICT',
      message: 'x',
      ...rest,
      ...(jobId !== undefined && { jobId }),
      ...(providerCode !== undefined && { providerCode }),
    });
    expect(resubmitCall(submit('a'), error, 0)).toBeUndefined();
  });
});
