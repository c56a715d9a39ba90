import { describe, expect, it } from 'vitest';
import { createAddressGuard, isLoopback } from './address-guard.ts';

const refused = (guard: ReturnType<typeof createAddressGuard>, host: string, origin?: string) =>
  guard.refusal(new Headers({ ...(host && { host }), ...(origin !== undefined && { origin }) })) !== undefined;

it.each([
  ['127.0.0.1', true],
  ['127.8.8.8', true],
  ['::1', true],
  ['localhost', true],
  ['0.0.0.0', false],
  ['::', false],
  ['192.168.1.4', false],
  ['localhost.evil.test', false],
  ['127.0.0.1.evil.test', false],
])('whether %s is reached from this machine alone: %s', (host, answer) => {
  expect(isLoopback(host)).toBe(answer);
});

describe('the address guard', () => {
  const guard = createAddressGuard('127.0.0.1');

  it('admits the names of this machine, on any port, with pages of this machine or none', () => {
    for (const host of ['127.0.0.1:8848', 'localhost', 'LOCALHOST:1', '[::1]:9'])
      expect(refused(guard, host)).toBe(false);
    expect(refused(guard, 'localhost', 'http://localhost:5173')).toBe(false);
  });

  it.each([
    'evil.test',
    'evil.test:8848',
    'localhost.evil.test',
    '127.0.0.1@evil.test',
    'evil.test#127.0.0.1',
    '192.168.1.4',
    '',
  ])('refuses the host %j', (host) => {
    expect(refused(guard, host)).toBe(true);
  });

  it.each(['https://evil.test', 'null', 'http://localhost.evil.test', 'file://', 'http://127.0.0.1.evil.test', 'x'])(
    'refuses a page of %s',
    (origin) => {
      expect(refused(guard, 'localhost', origin)).toBe(true);
    },
  );

  it('admits the address that it listens on, but no name for "every address"', () => {
    expect(refused(createAddressGuard('192.168.1.4'), '192.168.1.4:8848')).toBe(false);
    expect(refused(createAddressGuard('fe80::1'), '[fe80::1]:8848')).toBe(false);
    expect(refused(createAddressGuard('0.0.0.0'), '0.0.0.0:8848')).toBe(true);
  });

  it('admits the names of a reverse proxy, and pages there', () => {
    const proxied = createAddressGuard('0.0.0.0', ['Renders.Example.com']);
    expect(refused(proxied, 'renders.example.com', 'https://renders.example.com')).toBe(false);
    expect(refused(proxied, 'other.example.com')).toBe(true);
  });

  it.each(['https://a.test', 'a.test:80', 'a.test/x', '*', 'a b', '', '*.a.test', 'u@a.test'])(
    'refuses to be told of %j as a host name',
    (name) => {
      expect(() => createAddressGuard('127.0.0.1', [name])).toThrow(/--allowed-host .* is no host name/);
    },
  );
});
