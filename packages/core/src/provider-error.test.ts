import { describe, expect, expectTypeOf, it } from 'vitest';
import type { ProviderCode, ProviderErrorCodes, UnlistedProviderCode } from './errors/provider-code.ts';
import { type ErrorRecord, RenderError } from './errors/render-error.ts';
import { isProviderError, knownProviderCode } from './provider-error.ts';
import type { PhantomFlowErrorCode } from './providers/phantomflow/errors.ts';
import type { RendobarErrorCode } from './providers/rendobar/errors.ts';
import { listProviders, type ProviderErrorCode, type ProviderId } from './registry.ts';

const answered = (provider: string, providerCode: string) =>
  new RenderError({ code: 'NOT_FOUND', message: 'm', provider, providerCode });

describe('isProviderError', () => {
  it('tells the provider that answered, and its code', () => {
    const error = answered('phantomflow', 'TEMPLATE_NOT_FOUND');
    expect(isProviderError(error, 'phantomflow')).toBe(true);
    expect(isProviderError(error, 'phantomflow', 'TEMPLATE_NOT_FOUND')).toBe(true);
    expect(isProviderError(error, 'phantomflow', 'NOT_FOUND')).toBe(false);
    expect(isProviderError(error, 'rendobar')).toBe(false);
    expect(isProviderError(error.record, 'phantomflow')).toBe(true);
  });

  it('is false for what renderq itself found, although it knows the provider', () => {
    const own = new RenderError({ code: 'NETWORK', message: 'm', provider: 'phantomflow' });
    expect(isProviderError(own, 'phantomflow')).toBe(false);
  });

  it('narrows to the codes of the page, and still admits one that is new', () => {
    const error = answered('phantomflow', 'BRAND_NEW');
    if (!isProviderError(error, 'phantomflow')) return expect.unreachable();
    expectTypeOf(error.record.provider).toEqualTypeOf<'phantomflow'>();
    expectTypeOf<PhantomFlowErrorCode>().toExtend<typeof error.record.providerCode>();
    expectTypeOf(error).toExtend<RenderError>();
    expect(error.record.providerCode).toBe('BRAND_NEW');
    const same: RenderError = answered('rendobar', 'GONE');
    if (!isProviderError(same, 'rendobar', 'GONE')) return expect.unreachable();
    expectTypeOf(same.record.providerCode).toEqualTypeOf<'GONE'>();
    // @ts-expect-error GONE is a code of Rendobar
    expect(isProviderError(same, 'phantomflow', 'GONE')).toBe(false);
    // @ts-expect-error there is no such provider
    expect(isProviderError(same, 'shotstack')).toBe(false);
  });
});

describe('the provider code of an error', () => {
  const adviceOn = ({ providerCode }: ErrorRecord): string => {
    switch (providerCode) {
      case 'RATE_LIMITED':
      case 'RATE_LIMIT_EXCEEDED':
        return 'wait';
      // @ts-expect-error a mistyped code
      case 'TEMPLATE_NOT_FUOND':
        return 'never';
      default:
        return providerCode ?? 'none';
    }
  };

  it('is checked by the compiler in a switch, and may still be one that no page lists', () => {
    expect(adviceOn(answered('rendobar', 'RATE_LIMITED').record)).toBe('wait');
    expect(adviceOn(answered('rendobar', 'BRAND_NEW').record)).toBe('BRAND_NEW');
    const { record } = answered('rendobar', 'BRAND_NEW');
    // @ts-expect-error a mistyped code
    expect(record.providerCode === 'GNOE').toBe(false);
    const word: string | undefined = record.providerCode;
    expect(word).toBe('BRAND_NEW');
    expectTypeOf<ProviderErrorCode>().toExtend<ProviderCode>();
    expectTypeOf<Exclude<ProviderCode, UnlistedProviderCode>>().toEqualTypeOf<ProviderErrorCode>();
  });

  it('is completed from the pages of every registered provider, and of no other', () => {
    expectTypeOf<keyof ProviderErrorCodes>().toEqualTypeOf<ProviderId>();
    expectTypeOf<ProviderErrorCodes['rendobar']>().toEqualTypeOf<RendobarErrorCode>();
    expectTypeOf<ProviderErrorCodes['phantomflow']>().toEqualTypeOf<PhantomFlowErrorCode>();
  });

  it('of one provider does not admit the codes of another', () => {
    const error = answered('phantomflow', 'INVALID_JSON');
    if (!isProviderError(error, 'phantomflow')) return expect.unreachable();
    // @ts-expect-error GONE is a code of Rendobar
    expect(error.record.providerCode === 'GONE').toBe(false);
  });
});

describe('knownProviderCode', () => {
  it('is one of the codes of the page, whatever its case, or undefined', () => {
    expect(knownProviderCode(answered('phantomflow', 'invalid_json'), 'phantomflow')).toBe('INVALID_JSON');
    expect(knownProviderCode(answered('phantomflow', 'BRAND_NEW'), 'phantomflow')).toBeUndefined();
    expect(knownProviderCode(answered('phantomflow', 'constructor'), 'phantomflow')).toBeUndefined();
    expect(knownProviderCode(answered('rendobar', 'NOT_FOUND'), 'phantomflow')).toBeUndefined();
    for (const { id, errors } of listProviders()) {
      for (const code of Object.keys(errors))
        expect(knownProviderCode(answered(id, code), id as ProviderId)).toBe(code);
    }
  });

  it('has literal types, taken from the tables', () => {
    expectTypeOf(knownProviderCode(answered('rendobar', 'GONE'), 'rendobar')).toEqualTypeOf<
      RendobarErrorCode | undefined
    >();
    expectTypeOf<ProviderErrorCode<'phantomflow'>>().toEqualTypeOf<PhantomFlowErrorCode>();
    expectTypeOf<ProviderErrorCode>().toEqualTypeOf<PhantomFlowErrorCode | RendobarErrorCode>();
    // Not widened to text: then every string would do.
    expectTypeOf<string>().not.toExtend<ProviderErrorCode>();
  });
});
