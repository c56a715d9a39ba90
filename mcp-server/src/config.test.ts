import { describe, expect, it } from 'vitest';
import { fakeProvider } from './__fixtures__/fake-account.ts';
import { readConfig } from './config.ts';

const providers = [fakeProvider('rendobar', 'Rendobar'), fakeProvider('phantomflow', 'PhantomFlow')];
const accounts = (env: Record<string, string>) => Object.fromEntries(readConfig(providers, env).accounts);

describe('readConfig', () => {
  it('reads the variables that each provider names', () => {
    expect(accounts({ RENDOBAR_API_KEY: ' rb_1 ', PHANTOMFLOW_BASE_URL: 'http://127.0.0.1:1', OTHER: 'x' })).toEqual({
      rendobar: { apiKey: 'rb_1' },
      phantomflow: { baseUrl: 'http://127.0.0.1:1' },
    });
  });

  it('takes an empty value, and a placeholder that a host did not fill in, as not set', () => {
    const placeholder = ['$', '{user_config.key}'].join('');
    expect(accounts({ RENDOBAR_API_KEY: '  ', PHANTOMFLOW_API_KEY: placeholder })).toEqual({
      rendobar: {},
      phantomflow: {},
    });
  });

  it('logs errors only, unless told otherwise in words it knows', () => {
    expect(readConfig(providers, {}).logLevel).toBe('error');
    expect(readConfig(providers, { RENDERQ_LOG: 'DEBUG' }).logLevel).toBe('debug');
    expect(readConfig(providers, { RENDERQ_LOG: 'warn' }).logLevel).toBe('warn');
    expect(readConfig(providers, { RENDERQ_LOG: 'verbose' }).logLevel).toBe('error');
  });

  it('keeps jobs where RENDERQ_HOME says, else in a folder of its own below this user', () => {
    expect(readConfig(providers, { RENDERQ_HOME: ' /srv/renders ' }).home).toBe('/srv/renders');
    expect(readConfig(providers, {}).home).toMatch(/.[\\/]renderq$/);
  });

  it('hands on the token of the HTTP door, and none that is empty', () => {
    expect(readConfig(providers, { RENDERQ_HTTP_TOKEN: ' t:x ' }).httpToken).toBe('t:x');
    expect(readConfig(providers, { RENDERQ_HTTP_TOKEN: ' ' })).not.toHaveProperty('httpToken');
  });
});
