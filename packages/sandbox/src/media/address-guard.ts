import { type LookupAddress, lookup as systemLookup } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';

/** Resolves a host name to all of its addresses; the system's resolver unless a test brings its own. */
export type ResolveHost = (
  host: string,
  answer: (error: Error | null, addresses: readonly LookupAddress[]) => void,
) => void;

export class BlockedAddress extends Error {
  override readonly name = 'BlockedAddress';
}

/** All of IPv6 that is public. IPv4-compatible addresses, NAT64 and whatever is not assigned stand outside. */
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR('2000::/3');

/** ISATAP (RFC 5214): an IPv4 address in the interface identifier, behind any prefix. */
function isatapAddress({ parts }: ipaddr.IPv6): string | undefined {
  const [, , , , scope = 0, mark, high = 0, low = 0] = parts;
  if (mark !== 0x5efe || (scope & 0xfdff) !== 0) return undefined;
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}

/**
 * Why a connection to this address would leave the public internet (`loopback`, `private`, `linkLocal`, ...), or
 * undefined for an ordinary public address. IPv4 inside IPv6 is judged as IPv4.
 */
export function blockedRange(address: string): string | undefined {
  if (!ipaddr.isValid(address)) return 'invalid';
  const parsed = ipaddr.process(address);
  const range = parsed.range();
  if (range !== 'unicast') return range;
  if (parsed instanceof ipaddr.IPv4) return undefined;
  if (!parsed.match(GLOBAL_UNICAST)) return 'reserved';
  const inner = isatapAddress(parsed);
  return inner === undefined ? undefined : blockedRange(inner);
}

/** The address of a URL that names one literally; the host of any other URL must be resolved first. */
export function literalAddress(url: URL): string | undefined {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  return isIP(host) === 0 ? undefined : host;
}

export const resolveWithSystem: ResolveHost = (host, answer) => systemLookup(host, { all: true }, answer);

/**
 * A lookup for sockets that refuses a host if any one of its addresses is not public, and hands exactly the checked
 * addresses to the connection: no second question is asked, so a changing answer (DNS rebinding) gains nothing.
 * Node never calls a lookup for literal addresses; check those with `literalAddress` before.
 */
export function guardedLookup(resolve: ResolveHost): LookupFunction {
  return (host, options, callback) => {
    resolve(host, (error, addresses) => {
      if (error !== null) return callback(error, [], 0);
      const bad = addresses.map(({ address }) => blockedRange(address)).find((range) => range !== undefined);
      if (bad !== undefined) return callback(new BlockedAddress(bad), [], 0);
      const [first] = addresses;
      if (first === undefined) return callback(new Error('ENOTFOUND'), [], 0);
      if (options.all === true) return callback(null, [...addresses]);
      return callback(null, first.address, first.family);
    });
  };
}
