import { homedir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fakeProvider } from './__fixtures__/fake-account.ts';
import { readConfig } from './config.ts';
import { readBearerTokens } from './http/bearer-tokens.ts';

const providers = [fakeProvider('rendobar', 'Rendobar'), fakeProvider('phantomflow', 'PhantomFlow')];
const accounts = (env: Record<string, string>) => Object.fromEntries(readConfig(providers, env).accounts);

describe('readConfig', () => {
  it('reads the variables that each provider names', () => {
    expect(accounts({ RENDOBAR_API_KEY: ' rb_1 ', PHANTOMFLOW_BASE_URL: 'http://127.0.0.1:1', OTHER: 'x' })).toEqual({
      rendobar: { apiKey: 'rb_1' },
      phantomflow: { baseUrl: 'http://127.0.0.1:1' },
    });
  });

  it('reads the limits of a plan, and leaves it to the first call to refuse what is no number', () => {
    expect(accounts({ PHANTOMFLOW_CONCURRENT_JOBS: '10', RENDOBAR_REQUESTS_PER_MINUTE: 'many' })).toEqual({
      rendobar: { limits: { requestsPerMinute: Number.NaN } },
      phantomflow: { limits: { concurrentJobs: 10 } },
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

  it('puts the home folder in place of ~, as no shell does for a server that a host starts', () => {
    expect(readConfig(providers, { RENDERQ_HOME: '~/renders' }).home).toBe(join(homedir(), 'renders'));
    expect(readConfig(providers, { RENDERQ_HOME: '~other/renders' }).home).toBe('~other/renders');
    expect(readConfig(providers, { RENDERQ_FILES: '~/media' }).files).toEqual([join(homedir(), 'media')]);
  });

  it('hands on the token of the HTTP door, and one that is empty as a mistake that is told there', () => {
    expect(readConfig(providers, { RENDERQ_HTTP_TOKEN: ' t:x ' }).httpToken).toBe('t:x');
    expect(readConfig(providers, {})).not.toHaveProperty('httpToken');
    expect(() => readBearerTokens(readConfig(providers, { RENDERQ_HTTP_TOKEN: ' ' }).httpToken)).toThrow(
      'RENDERQ_HTTP_TOKEN',
    );
  });
});
