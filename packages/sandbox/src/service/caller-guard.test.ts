import { describe, expect, it } from 'vitest';
import { findCallerProblem } from './caller-guard.ts';

const OWN = 'http://127.0.0.1:4020';
const HOST = { host: '127.0.0.1:4020' };
const BODY = '{"do":{"code":"RATE_LIMITED"}}';

function statusFor(
  headers: Readonly<Record<string, string>>,
  { method = 'POST', body = BODY, from = '127.0.0.1' }: { method?: string; body?: string | null; from?: string } = {},
) {
  const request = new Request(`${OWN}/_sandbox/faults`, { method, headers: { ...HOST, ...headers }, body });
  return findCallerProblem(request, from)?.status;
}

describe('the guard of the control plane', () => {
  it.each([
    {},
    { 'content-type': 'application/x-www-form-urlencoded' },
    { 'content-type': 'application/json' },
    { 'sec-fetch-site': 'none', 'content-type': 'application/json' },
  ])('lets a program of this machine in, whatever it calls its JSON: %j', (headers) => {
    expect(statusFor(headers)).toBeUndefined();
  });

  it('lets its own page in, with JSON and without a body', () => {
    const own = { origin: OWN, 'sec-fetch-site': 'same-origin' };
    expect(statusFor({ ...own, 'content-type': 'application/json' })).toBeUndefined();
    expect(statusFor({ ...own, 'content-type': 'application/json; charset=utf-8' })).toBeUndefined();
    expect(statusFor(own, { method: 'DELETE', body: null })).toBeUndefined();
    expect(statusFor({ ...own, 'content-length': '0' }, { body: null })).toBeUndefined();
    expect(statusFor({ ...own, 'content-length': '5' }, { body: null })).toBe(415);
    expect(statusFor({ ...own, 'transfer-encoding': 'chunked' }, { body: null })).toBe(415);
    expect(
      statusFor({ ...own, host: 'localhost:4020', origin: 'http://localhost:4020' }, { body: null }),
    ).toBeUndefined();
  });

  it.each([
    'text/plain',
    'text/plain;charset=UTF-8',
    'application/x-www-form-urlencoded',
    'multipart/form-data',
    'application/jsonp',
  ])('takes no body of the type %s from a browser, not even from its own origin', (type) => {
    expect(statusFor({ origin: OWN, 'content-type': type })).toBe(415);
  });

  it.each([
    'http://127.0.0.1:5096',
    'http://localhost:4020',
    'https://127.0.0.1:4020',
    'http://127.0.0.1',
    'http://127.0.0.1:40200',
    'http://127.0.0.1:4020.evil.example',
    'https://evil.example',
    'null',
    '',
  ])('refuses a page of another origin: %j', (origin) => {
    expect(statusFor({ origin, 'content-type': 'application/json' })).toBe(403);
    expect(statusFor({ origin }, { method: 'GET', body: null })).toBe(403);
  });

  it.each(['cross-site', 'same-site'])(
    'refuses a %s call that names no origin, but shows a page to who opens it',
    (site) => {
      const headers = { 'sec-fetch-site': site };
      expect(statusFor(headers)).toBe(403);
      expect(statusFor(headers, { method: 'GET', body: null })).toBe(403);
      const opened = { ...headers, 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
      expect(statusFor(opened, { method: 'GET', body: null })).toBeUndefined();
      expect(statusFor(opened)).toBe(403);
      expect(statusFor({ ...opened, 'sec-fetch-dest': 'iframe' }, { method: 'GET', body: null })).toBe(403);
    },
  );

  it('refuses a re-bound host name and a caller of another machine', () => {
    expect(statusFor({ host: 'evil.example:4020' })).toBe(403);
    expect(statusFor({}, { from: '192.168.1.9' })).toBe(403);
  });
});
