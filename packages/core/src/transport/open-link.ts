import { cancelledError } from '../errors/cancelled.ts';
import { RenderError } from '../errors/render-error.ts';
import type { DownloadAnswer, Transfer } from '../ports/transfer.ts';
import { networkError } from './network-error.ts';

const REDIRECTS = new Set([301, 302, 303, 307, 308]);
const MAX_REDIRECTS = 5;

export interface OpenLinkInput {
  readonly transfer: Transfer;
  readonly provider: { readonly id: string; readonly displayName: string };
  readonly url: string;
  /** Headers that authenticate a request to a URL; none for a host that is not the provider's own API. */
  readonly authorize: (url: string) => Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly idleTimeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Opens a download, over at most five redirects. Each hop is authenticated by its own origin, so that the API key
 * never reaches a storage host.
 * @throws {RenderError} NETWORK, CANCELLED, or BAD_RESPONSE for a redirect that leads nowhere safe.
 */
export async function openLink(input: OpenLinkInput): Promise<DownloadAnswer> {
  const { transfer, provider, authorize, headers, idleTimeoutMs, signal } = input;
  let { url } = input;
  for (let hops = 0; hops <= MAX_REDIRECTS; hops += 1) {
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
  throw badRedirect(provider.id, `is redirected more than ${MAX_REDIRECTS} times`);
}

function redirectTarget(provider: string, from: string, location: string | undefined): string {
  const target = location !== undefined && URL.canParse(location, from) ? new URL(location, from) : undefined;
  if (target === undefined || !/^https?:$/.test(target.protocol))
    throw badRedirect(provider, 'is redirected to nowhere');
  if (target.protocol === 'http:' && new URL(from).protocol === 'https:') {
    throw badRedirect(provider, 'is redirected from https to plain http');
  }
  return target.href;
}

function badRedirect(provider: string, what: string): RenderError {
  return new RenderError({
    code: 'BAD_RESPONSE',
    message: `The link ${what}.`,
    provider,
    remedy: 'Read the job again for a fresh link; if it persists, report it to the provider.',
  });
}
