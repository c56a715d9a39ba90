import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { pipeline } from 'node:stream/promises';
import { RenderFault } from '../engine/renderer.ts';
import {
  BlockedAddress,
  blockedRange,
  guardedLookup,
  literalAddress,
  type ResolveHost,
  resolveWithSystem,
} from './address-guard.ts';

export interface DownloaderOptions {
  /**
   * What a URL is to the service itself: `media` may be fetched although its address is private, `closed` may not
   * although its address is public. Asked anew for every hop.
   */
  readonly ownPlace?: ((url: URL) => 'media' | 'closed' | undefined) | undefined;
  readonly resolve?: ResolveHost | undefined;
  /** Milliseconds without a byte after which a source counts as unreachable. Default 15 000. */
  readonly idleTimeoutMs?: number | undefined;
}

export interface DownloadRequest {
  readonly url: string;
  readonly toPath: string;
  /** How the caller's own words name this source, for messages: a flag, a file name or a field path. */
  readonly label: string;
  readonly maxBytes: number;
  readonly signal: AbortSignal;
  /** Share of the announced length; not called for sources that announce none. */
  readonly onProgress?: ((share: number) => void) | undefined;
}

/**
 * Fetches a source to a file. Throws RenderFault `source-blocked` (address, scheme or user name in the URL),
 * `source-unreachable` (DNS, connection, HTTP status, time, redirects), `source-not-media` (larger than `maxBytes`).
 * Messages name the host alone: paths and queries carry signatures.
 */
export type Download = (request: DownloadRequest) => Promise<void>;

const MAX_REDIRECTS = 3;

export function createDownloader(options: DownloaderOptions = {}): Download {
  const lookup = guardedLookup(options.resolve ?? resolveWithSystem);
  const idleTimeoutMs = options.idleTimeoutMs ?? 15_000;
  const isOwn = (url: URL) => options.ownPlace?.(url) === 'media';

  const open = (url: URL, request: DownloadRequest): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      const send = url.protocol === 'https:' ? requestHttps : requestHttp;
      const outgoing = send(url, {
        agent: false,
        signal: request.signal,
        timeout: idleTimeoutMs,
        maxHeaderSize: 16_384,
        headers: { accept: '*/*', 'user-agent': 'renderq-sandbox' },
        ...(isOwn(url) ? {} : { lookup }),
      });
      outgoing.once('timeout', () => outgoing.destroy(new Error(`no answer within ${idleTimeoutMs / 1000} s`)));
      outgoing.once('response', resolve).once('error', reject).end();
    });

  return async (request) => {
    let url = parseSource(request.url, request.label);
    try {
      for (let hop = 0; ; hop += 1) {
        if (options.ownPlace?.(url) === 'closed') throw closed(request.label, url);
        if (!isOwn(url)) refuseLiteral(url, request.label);
        const response = await open(url, request);
        const next = redirectTarget(response, url, request.label);
        if (next === undefined) return await store(response, url, request);
        response.destroy();
        if (hop >= MAX_REDIRECTS)
          throw unreachable(request.label, url, `it redirects more than ${MAX_REDIRECTS} times`);
        url = next;
      }
    } catch (error) {
      if (request.signal.aborted) throw request.signal.reason;
      if (error instanceof RenderFault) throw error;
      if (error instanceof BlockedAddress) throw blocked(request.label, url, error.message);
      throw unreachable(request.label, url, reasonOf(error));
    }
  };
}

/** Reads a source URL. Throws RenderFault `source-blocked` for anything but plain http and https. */
export function parseSource(text: string, label: string): URL {
  const url = URL.parse(text);
  if (url === null)
    throw new RenderFault('source-blocked', `${label}: this is not a valid URL. Use an http or https URL.`);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new RenderFault(
      'source-blocked',
      `${label}: '${url.protocol}' URLs are not allowed. Use an http or https URL.`,
    );
  }
  if (url.username !== '' || url.password !== '') {
    throw new RenderFault(
      'source-blocked',
      `${label}: a URL with a user name is not allowed. Use a signed URL instead.`,
    );
  }
  return url;
}

function refuseLiteral(url: URL, label: string): void {
  const address = literalAddress(url);
  const range = address === undefined ? undefined : blockedRange(address);
  if (range !== undefined) throw blocked(label, url, range);
}

function redirectTarget(response: IncomingMessage, from: URL, label: string): URL | undefined {
  const { statusCode = 0, headers } = response;
  if (statusCode < 300 || statusCode > 399 || headers.location === undefined) return undefined;
  const target = URL.parse(headers.location, from.href);
  if (target === null) throw unreachable(label, from, 'it redirects to an address that is not a URL');
  return parseSource(target.href, label);
}

async function store(response: IncomingMessage, url: URL, request: DownloadRequest): Promise<void> {
  const { label, maxBytes, toPath, signal, onProgress } = request;
  const status = response.statusCode ?? 0;
  const announced = Number(response.headers['content-length'] ?? Number.NaN);
  if (status !== 200 || announced > maxBytes) {
    response.destroy();
    throw status === 200 ? tooLarge(label, maxBytes) : unreachable(label, url, `it answered HTTP ${status}`);
  }
  let received = 0;
  try {
    await pipeline(
      response,
      async function* (chunks: AsyncIterable<Buffer>) {
        for await (const chunk of chunks) {
          received += chunk.length;
          if (received > maxBytes) throw tooLarge(label, maxBytes);
          if (announced > 0) onProgress?.(received / announced);
          yield chunk;
        }
      },
      createWriteStream(toPath),
      { signal },
    );
  } catch (error) {
    await rm(toPath, { force: true });
    throw error;
  }
}

function tooLarge(label: string, maxBytes: number): RenderFault {
  return new RenderFault(
    'source-not-media',
    `${label}: the source is larger than ${Math.round(maxBytes / 1_000_000)} MB.`,
  );
}

function blocked(label: string, url: URL, range: string): RenderFault {
  return new RenderFault(
    'source-blocked',
    `${label}: the host '${url.hostname}' has a ${range} address. Sources must be publicly reachable.`,
  );
}

function closed(label: string, url: URL): RenderFault {
  return new RenderFault(
    'source-blocked',
    `${label}: at '${url.host}' only uploads and finished outputs may be read by a job.`,
  );
}

function unreachable(label: string, url: URL, reason: string): RenderFault {
  return new RenderFault(
    'source-unreachable',
    `${label}: the source at '${url.host}' could not be fetched: ${reason}.`,
  );
}

/** Node's own messages may carry addresses; the code says enough. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'the connection failed';
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  return code ?? error.message;
}
