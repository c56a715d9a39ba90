import { RenderError } from '../errors/render-error.ts';

/**
 * Checks a base URL and gives it without a trailing slash, ready for a path to be appended. A path prefix is kept.
 * Plain http is accepted on loopback only: anywhere else the API key would travel in the clear.
 * @throws {RenderError} INVALID_REQUEST with field `baseUrl`.
 */
export function parseBaseUrl(text: string): string {
  const url = typeof text === 'string' && URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw refusal('The base URL is not an absolute http(s) URL.', 'Give it like https://api.example.com.');
  }
  if (url.username !== '' || url.password !== '') {
    throw refusal(
      'The base URL holds credentials.',
      'Remove the user name and password from it: the API key is given apart.',
    );
  }
  if (url.search !== '' || url.hash !== '') {
    throw refusal('The base URL holds a query or a fragment.', 'Remove everything from the first "?" or "#" on.');
  }
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    throw refusal(
      'The base URL is plain http on a host that is not this machine.',
      'Use https: plain http is accepted on 127.0.0.1, [::1] and localhost only.',
    );
  }
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
}

/** `hostname` as the URL class gives it: an IPv4 address is already in its dotted form, IPv6 in brackets. */
function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
}

function refusal(message: string, remedy: string): RenderError {
  return new RenderError({ code: 'INVALID_REQUEST', message, field: 'baseUrl', remedy });
}
