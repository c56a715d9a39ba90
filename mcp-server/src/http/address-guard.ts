import { BlockList, isIP } from 'node:net';
import {
  localhostAllowedHostnames,
  localhostAllowedOrigins,
  validateHostHeader,
  validateOriginHeader,
} from '@modelcontextprotocol/server';
import { RenderError } from '@renderq/core';

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/** Addresses that mean "every address of this machine": no request is ever addressed to them. */
const EVERY_ADDRESS: readonly string[] = ['0.0.0.0', '::'];

/** Whether only programs on this machine reach what listens there. */
export function isLoopback(host: string): boolean {
  const family = isIP(host);
  return family === 0 ? host === 'localhost' : loopback.check(host, family === 6 ? 'ipv6' : 'ipv4');
}

/** An address as it stands in a URL. */
export const urlHost = (address: string): string => (isIP(address) === 6 ? `[${address}]` : address);

function readHostName(name: string): string {
  try {
    const { hostname, host, pathname } = new URL(`http://${name}`);
    const isAlone = hostname !== '' && hostname === host && pathname === '/' && hostname === name.toLowerCase();
    // A pattern would parse, and never match anything.
    if (isAlone && !name.includes('*')) return hostname;
  } catch {
    // Said below, as for every other name that is none.
  }
  throw new RenderError({
    code: 'INVALID_REQUEST',
    message: `--allowed-host ${JSON.stringify(name)} is no host name.`,
    field: '--allowed-host',
    remedy: 'Give one name, as clients address the server: no scheme, no port, no path, no pattern.',
  });
}

export interface AddressGuard {
  /** Why a request is refused by the name it was sent to or by the page that sent it, or undefined. */
  refusal(headers: Headers): string | undefined;
}

/**
 * Admits requests that are addressed to this machine, to the address listened on or to a name given, and of the requests
 * that a browser sends for a page only those of pages there: a page of elsewhere reaches a local port by rebinding its
 * own name to it (MCP 2026-07-28, Streamable HTTP, security). Throws RenderError INVALID_REQUEST (field `--allowed-host`).
 */
export function createAddressGuard(host: string, allowedHosts: readonly string[] = []): AddressGuard {
  const own = EVERY_ADDRESS.includes(host) ? [] : [urlHost(host)];
  const more = [...own, ...allowedHosts.map(readHostName)];
  const hosts = [...localhostAllowedHostnames(), ...more];
  const origins = [...localhostAllowedOrigins(), ...more];
  return {
    refusal(headers) {
      if (!validateHostHeader(headers.get('host'), hosts).ok) {
        return 'This server does not answer to the name in the Host header.';
      }
      if (!validateOriginHeader(headers.get('origin'), origins).ok) {
        return 'Pages of the site in the Origin header may not call this server.';
      }
      return undefined;
    },
  };
}
