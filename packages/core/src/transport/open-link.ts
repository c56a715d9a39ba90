import { cancelledError } from '../errors/cancelled.ts';
import type { DownloadAnswer, Transfer } from '../ports/transfer.ts';
import { badLink, checkLink, type ForeignLink } from './key-guard.ts';
import { networkError } from './network-error.ts';

const REDIRECTS = new Set([301, 302, 303, 307, 308]);
const MAX_REDIRECTS = 5;

export interface OpenLinkInput extends ForeignLink {
  readonly transfer: Transfer;
  readonly provider: { readonly id: string; readonly displayName: string };
  readonly headers: Readonly<Record<string, string>>;
  readonly idleTimeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Opens a download, over at most five redirects. Each hop is authenticated by its own origin, and none that
 * would carry the API key to a storage host is followed.
 * @throws {RenderError} NETWORK, CANCELLED, or BAD_RESPONSE for a link or a redirect that leads nowhere safe.
 */
export async function openLink(input: OpenLinkInput): Promise<DownloadAnswer> {
  const { transfer, provider, authorize, headers, idleTimeoutMs, signal } = input;
  let { url } = input;
  for (let hops = 0; hops <= MAX_REDIRECTS; hops += 1) {
    checkLink({ ...input, url });
    const request = { url, headers: { ...headers, ...authorize(url) }, idleTimeoutMs };
    let answer: DownloadAnswer;
    try {
      answer = await transfer.download(signal === undefined ? request : { ...request, signal });
    } catch (error) {
      throw signal?.aborted ? cancelledError(signal) : networkError(error, { provider, url });
    }
    if (!REDIRECTS.has(answer.status)) return answer;
    answer.discard();
    url = redirectTarget(provider.id, url, answer.headers.location);
  }
  throw badLink(provider.id, `is redirected more than ${MAX_REDIRECTS} times`);
}

function redirectTarget(provider: string, from: string, location: string | undefined): string {
  if (location === undefined || !URL.canParse(location, from)) throw badLink(provider, 'is redirected to nowhere');
  const target = new URL(location, from);
  if (target.protocol === 'http:' && new URL(from).protocol === 'https:') {
    throw badLink(provider, 'is redirected from https to plain http');
  }
  return target.href;
}
