/** Who can call an address: programs of this machine, those of its network, or everybody. */
export type AddressReach = 'machine' | 'network' | 'public';

/** Names that resolve inside a network only (RFC 6761, RFC 6762, RFC 8375, and ICANN's "internal"). */
const INNER_NAME = /(?:^|\.)(?:local|internal|lan|home|localdomain|test|invalid|arpa)$/;

/** Judges by what is written in the URL. A public name may still lead to an inner address: nobody is asked. */
export function addressReach({ hostname }: URL): AddressReach {
  const host = hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  if (host === 'localhost' || host.endsWith('.localhost')) return 'machine';
  if (host.includes(':')) return reachOfIPv6(host);
  // The URL class has brought every spelling of an IPv4 address into this one.
  if (/^\d{1,3}(\.\d{1,3}){3}$/.test(host)) return reachOfIPv4(host.split('.').map(Number));
  return host.includes('.') && !INNER_NAME.test(host) ? 'public' : 'network';
}

function reachOfIPv4([first = 0, second = 0]: readonly number[]): AddressReach {
  if (first === 127 || first === 0) return 'machine';
  const isInner =
    first === 10 ||
    (first === 172 && second >= 16 && second <= 31) ||
    (first === 192 && second === 168) ||
    (first === 169 && second === 254) ||
    (first === 100 && second >= 64 && second <= 127);
  return isInner ? 'network' : 'public';
}

function reachOfIPv6(host: string): AddressReach {
  if (host === '::1' || host === '::') return 'machine';
  const mapped = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(host);
  if (mapped) {
    const [high, low] = [Number.parseInt(mapped[1] ?? '', 16), Number.parseInt(mapped[2] ?? '', 16)];
    return reachOfIPv4([high >> 8, high & 255, low >> 8, low & 255]);
  }
  // Unique local fc00::/7 and link local fe80::/10.
  return /^f[cd]|^fe[89ab]/.test(host) ? 'network' : 'public';
}
