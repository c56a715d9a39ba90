import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { RenderError } from '../errors/render-error.ts';
import { rendobar } from '../providers/rendobar/index.ts';
import { checkApiKey } from './api-key.ts';
import { parseBaseUrl } from './base-url.ts';
import { exchange, sendStateOf } from './exchange.ts';

describe('parseBaseUrl', () => {
  it.each([
    ['https://api.rendobar.com', 'https://api.rendobar.com'],
    ['https://api.rendobar.com/', 'https://api.rendobar.com'],
    ['https://gate.example:8443/rendobar//', 'https://gate.example:8443/rendobar'],
    ['http://127.0.0.1:8080/rendobar', 'http://127.0.0.1:8080/rendobar'],
    ['http://127.9.9.9', 'http://127.9.9.9'],
    ['http://localhost:80', 'http://localhost'],
    ['http://[::1]:3000', 'http://[::1]:3000'],
    ['http://0x7f.1/', 'http://127.0.0.1'],
  ])('takes %s as %s', (given, expected) => {
    expect(parseBaseUrl(given)).toBe(expected);
  });

  it.each([
    '',
    'api.rendobar.com',
    'ftp://api.rendobar.com',
    'file:///etc/passwd',
    'http://api.rendobar.com',
    'http://127.0.0.1.evil.example',
    'http://localhost.evil.example',
    'http://10.0.0.1',
    'http://[::2]',
    'https://key@api.rendobar.com',
    'https://u:p@api.rendobar.com',
    'https://api.rendobar.com?x=1',
    'https://api.rendobar.com/#x',
  ])('refuses %s, naming field and remedy', (given) => {
    try {
      parseBaseUrl(given);
      expect.unreachable();
    } catch (error) {
      if (!RenderError.isInstance(error)) throw error;
      expect(error.record).toMatchObject({
        code: 'INVALID_REQUEST',
        field: 'baseUrl',
        remedy: expect.stringMatching(/\.$/),
      });
    }
  });
});

describe('checkApiKey', () => {
  it('gives the key without the white space around it', () => {
    expect(checkApiKey(' rb_abc\n', rendobar)).toBe('rb_abc');
  });

  it.each(['', '   ', 'rb_a\nb', 'rb_a b', 'rb_ключ', 'rb_\u0000', undefined, 7])(
    'refuses %j without repeating it',
    (key) => {
      try {
        checkApiKey(key, rendobar);
        expect.unreachable();
      } catch (error) {
        if (!RenderError.isInstance(error)) throw error;
        expect(error.record).toMatchObject({ code: 'UNAUTHENTICATED', provider: 'rendobar', field: 'apiKey' });
        expect(error.record.remedy).toContain('RENDOBAR_API_KEY');
        if (typeof key === 'string' && key.trim() !== '') expect(JSON.stringify(error.record)).not.toContain(key);
      }
    },
  );
});

describe('exchange', () => {
  const endpoint = { provider: rendobar, baseUrl: 'https://api.example', apiKey: 'very-secret-key', timeoutMs: 1_000 };

  it('takes any throw of a host for a fault of the network, without what it says of the key', async () => {
    const transport = () => Promise.reject(new Error('failed with very-secret-key'));
    const error = await exchange({ ...endpoint, transport }, { method: 'GET', path: '/jobs' }).catch(
      (reason: unknown) => reason,
    );
    expect(RenderError.isInstance(error) && error.record).toMatchObject({
      code: 'NETWORK',
      provider: 'rendobar',
      retryable: true,
    });
    expect(String(error)).not.toContain('very-secret-key');
  });

  it('keeps nothing of what an HTTP library says of the request, not even as the cause', async () => {
    const config = { headers: { authorization: 'Bearer very-secret-key' } };
    const transport = () =>
      Promise.reject(Object.assign(new Error('socket hang up'), { config, data: 'very-secret-key' }));
    const error = await exchange({ ...endpoint, transport }, { method: 'GET', path: '/jobs' }).catch(
      (reason: unknown) => reason,
    );
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain('very-secret-key');
    expect(RenderError.isInstance(error) && sendStateOf(error)).toBe('maybe-sent');
  });

  it('tells of a body that is no JSON before it sends', async () => {
    const cycle: { self?: unknown } = {};
    cycle.self = cycle;
    const transport = () => Promise.reject(new Error('was sent'));
    for (const body of [cycle, { n: 1n }, () => 1]) {
      const error = await exchange({ ...endpoint, transport }, { method: 'POST', path: '/jobs', body }).catch(
        (reason: unknown) => reason,
      );
      expect(RenderError.isInstance(error) && error.record).toMatchObject({
        code: 'INVALID_REQUEST',
        field: 'request',
      });
    }
  });
});
