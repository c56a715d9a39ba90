import { findProvider } from '@renderq/core';
import { describe, expect, it } from 'vitest';
import { attachCallback, isCalledBack } from './attach-callback.ts';

const url = 'https://n8n.example.com/webhook-waiting/7';

describe('asking for a callback', () => {
  it.each([
    ['rendobar', { type: 'ffmpeg', params: { command: 'x' } }, { callback: { url } }],
    ['phantomflow', { scenes: [] }, { webhook_uri: url }],
  ] as const)('puts the address where %s reads it, and leaves the request alone', (vendor, request, added) => {
    const asked = attachCallback(vendor, request, { url, isSigned: false });
    expect(asked).toEqual({ ...request, ...added });
    expect(findProvider(vendor).announces(asked)).toBe(true);
    expect(findProvider(vendor).announces(request)).toBe(false);
  });

  it('is left out for a template of PhantomFlow: nothing says that its end would be told', () => {
    expect(isCalledBack('phantomflow', { scenes: [] })).toBe(true);
    expect(isCalledBack('phantomflow', { template_id: 'tpl_1', variables: {} })).toBe(false);
    expect(isCalledBack('rendobar', { type: 'ffmpeg' })).toBe(true);
  });

  it('asks Rendobar for a signature where there is a secret to check it with', () => {
    expect(attachCallback('rendobar', {}, { url, isSigned: true })).toEqual({ callback: { url, verify: true } });
  });
});
