import { describe, expect, it, vi } from 'vitest';
import { BlockedAddress, blockedRange, guardedLookup, literalAddress, type ResolveHost } from './address-guard.ts';

const answering = (...addresses: string[]): ResolveHost =>
  vi.fn<ResolveHost>((_host, answer) =>
    answer(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    ),
  );

const look = (resolve: ResolveHost, all: boolean) =>
  new Promise((done, fail) => {
    guardedLookup(resolve)('media.example', { all }, (error, address) =>
      error === null ? done(address) : fail(error),
    );
  });

describe('blockedRange', () => {
  it.each([
    ['127.0.0.1', 'loopback'],
    ['::1', 'loopback'],
    ['::ffff:127.0.0.1', 'loopback'],
    ['0.0.0.0', 'unspecified'],
    ['::', 'unspecified'],
    ['10.1.2.3', 'private'],
    ['172.16.0.1', 'private'],
    ['192.168.1.1', 'private'],
    ['::ffff:10.0.0.1', 'private'],
    ['169.254.169.254', 'linkLocal'],
    ['fe80::1', 'linkLocal'],
    ['fd00::1', 'uniqueLocal'],
    ['100.64.0.1', 'carrierGradeNat'],
    ['64:ff9b::7f00:1', 'rfc6052'],
    ['2002:7f00:1::', '6to4'],
    ['198.18.0.1', 'reserved'],
    ['224.0.0.1', 'multicast'],
    ['255.255.255.255', 'broadcast'],
    ['2001::1', 'teredo'],
    ['192.0.2.1', 'reserved'],
    ['::127.0.0.1', 'loopback'],
    ['::7f00:1', 'reserved'],
    ['::10.0.0.1', 'private'],
    ['::ffff:0:127.0.0.1', 'rfc6145'],
    ['2002:a00:1::1', '6to4'],
    ['2001:0:4136:e378:8000:63bf:3fff:fdd2', 'teredo'],
    ['64:ff9b::10.0.0.1', 'rfc6052'],
    ['64:ff9b:1::7f00:1', 'rfc6052'],
    ['fec0::1', 'deprecatedSiteLocal'],
    ['4000::1', 'reserved'],
    ['2606:4700::5efe:10.0.0.1', 'private'],
    ['2606:4700::200:5efe:127.0.0.1', 'loopback'],
    ['nonsense', 'invalid'],
  ])('blocks %s', (address, range) => {
    expect(blockedRange(address)).toBe(range);
  });

  it.each(['93.184.216.34', '1.1.1.1', '2606:4700::1111', '::ffff:8.8.8.8'])('lets %s pass', (address) => {
    expect(blockedRange(address)).toBeUndefined();
  });
});

describe('literalAddress', () => {
  it.each([
    ['http://2130706433/', '127.0.0.1'],
    ['http://0x7f.1/', '127.0.0.1'],
    ['http://017700000001/', '127.0.0.1'],
    ['http://127.1/', '127.0.0.1'],
    ['http://[::1]:80/', '::1'],
    ['http://media.example/', undefined],
  ])('reads %s as %s', (url, address) => {
    expect(literalAddress(new URL(url))).toBe(address);
  });
});

describe('guardedLookup', () => {
  it('refuses a host if any one of its addresses is private', async () => {
    await expect(look(answering('93.184.216.34', '10.0.0.1'), true)).rejects.toBeInstanceOf(BlockedAddress);
    await expect(look(answering('127.0.0.1'), false)).rejects.toBeInstanceOf(BlockedAddress);
  });

  it('asks once and hands over exactly the addresses that it checked', async () => {
    const resolve = answering('93.184.216.34', '1.1.1.1');
    await expect(look(resolve, true)).resolves.toEqual([
      { address: '93.184.216.34', family: 4 },
      { address: '1.1.1.1', family: 4 },
    ]);
    expect(resolve).toHaveBeenCalledTimes(1);
    await expect(look(resolve, false)).resolves.toBe('93.184.216.34');
  });

  it('passes on that a host does not exist', async () => {
    await expect(look((_host, answer) => answer(new Error('ENOTFOUND'), []), true)).rejects.toThrow('ENOTFOUND');
    await expect(look(answering(), true)).rejects.toThrow('ENOTFOUND');
  });
});
