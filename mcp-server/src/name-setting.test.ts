import { RenderError, type RenderErrorInit } from '@renderq/core';
import { describe, expect, it } from 'vitest';
import { nameSetting } from './name-setting.ts';

const record = (init: Partial<RenderErrorInit>) =>
  new RenderError({ code: 'NETWORK', message: 'no answer', provider: 'rendobar', ...init }).record;

describe('an error about the account', () => {
  it.each([
    [{ code: 'UNAUTHENTICATED' }, 'RENDOBAR_API_KEY'],
    [{ code: 'UNAUTHENTICATED', field: 'apiKey' }, 'RENDOBAR_API_KEY'],
    [{ code: 'UNAUTHENTICATED', provider: 'phantomflow' }, 'PHANTOMFLOW_API_KEY'],
    [{ code: 'INVALID_REQUEST', field: 'baseUrl' }, 'RENDOBAR_BASE_URL'],
    [{ code: 'NETWORK', provider: 'phantomflow' }, 'PHANTOMFLOW_BASE_URL'],
    [{ code: 'INVALID_REQUEST', field: 'limits.concurrentJobs' }, 'RENDOBAR_CONCURRENT_JOBS'],
  ] as const)('%o names %s', (init, variable) => {
    const { field, remedy } = nameSetting(record(init));
    expect(field).toBe(variable);
    expect(remedy).toContain(variable);
  });

  it.each([{ code: 'INVALID_REQUEST', field: 'scenes.0.duration' }, { code: 'RATE_LIMITED' }] as const)(
    '%o is left as it is',
    (init) => {
      expect(nameSetting(record(init))).toEqual(record(init));
    },
  );

  it('without a provider is left as it is', () => {
    const { record: unknown } = new RenderError({ code: 'UNAUTHENTICATED', message: 'no key' });
    expect(nameSetting(unknown)).toEqual(unknown);
  });
});
