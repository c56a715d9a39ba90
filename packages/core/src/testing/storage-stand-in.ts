import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { serveHttp } from './http-server.ts';

export interface StorageStandIn {
  /** The API's base URL. */
  readonly url: string;
  /** Host of the storage, which is another origin than the API's. */
  readonly storageHost: string;
  readonly log: string[];
  /** Headers of every request that reached the storage. */
  readonly storageHeaders: IncomingMessage['headers'][];
  /** What the storage was given, put together when an upload was completed. */
  readonly completed: Map<string, { readonly sha256: string; readonly size: number }>;
  /** Bodies of POST /assets and of completions. */
  readonly bodies: unknown[];
  close(): Promise<void>;
}

export interface StorageStandInOptions {
  /** Above this size a file goes up in parts of `partSize`. */
  readonly multipartAbove?: number;
  readonly partSize?: number;
  /** Decides about one PUT before it is read to the end: its status, `cut` after some bytes, or undefined to take it. */
  readonly onPut?: (put: {
    readonly session: number;
    readonly part: number;
    readonly tries: number;
  }) => number | 'cut' | undefined;
  /** Answers a POST /assets in place of the stand-in, which takes note of the upload all the same. */
  readonly onBegin?: (index: number) => Reply | 'cut' | undefined;
  /** Keeps sums only, so that the server's own memory stays flat; `sha256` is then that of the parts' sums in their order. */
  readonly sumsOnly?: boolean;
}

export type Reply = readonly [status: number, body: unknown];

/** Rendobar's upload routes and a storage behind signed links, after its upload page. */
export async function startStorageStandIn(options: StorageStandInOptions = {}): Promise<StorageStandIn> {
  const { multipartAbove = 1_000, partSize = 1_000, onPut, onBegin, sumsOnly = false } = options;
  const log: string[] = [];
  const storageHeaders: IncomingMessage['headers'][] = [];
  const completed = new Map<string, { sha256: string; size: number }>();
  const ready = new Map<string, string>();
  const bodies: unknown[] = [];
  const parts = new Map<string, { readonly content: Buffer; readonly size: number }>();
  const tries = new Map<string, number>();
  const sessions: { size: number; checksum?: string }[] = [];

  const storage = await serveHttp(async (request, response) => {
    const [, session = '', part = ''] = new URL(request.url ?? '/', 'http://x').pathname.split('/');
    const key = `${session}/${part}`;
    tries.set(key, (tries.get(key) ?? 0) + 1);
    log.push(`PUT ${key}`);
    storageHeaders.push(request.headers);
    const verdict = onPut?.({ session: Number(session), part: Number(part), tries: tries.get(key) ?? 0 });
    const chunks: Buffer[] = [];
    const sum = createHash('sha256');
    let size = 0;
    for await (const chunk of request as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (verdict === 'cut') {
        request.socket.resetAndDestroy();
        return;
      }
      if (sumsOnly) sum.update(chunk);
      else chunks.push(chunk);
    }
    if (typeof verdict === 'number') {
      response.writeHead(verdict).end('<Error><Code>Refused</Code></Error>');
      return;
    }
    parts.set(key, { content: sumsOnly ? sum.digest() : Buffer.concat(chunks), size });
    response.writeHead(200, { etag: `"${session}-${part}"` }).end();
  });

  function begin(body: Record<string, unknown>): Reply {
    const size = Number(body.size);
    const known = typeof body.checksum === 'string' ? ready.get(body.checksum) : undefined;
    if (known !== undefined) return [200, { status: 'deduplicated', data: asset(known) }];
    const session =
      sessions.push({
        size,
        ...(body.checksum ? { checksum: String(body.checksum) } : {}),
      }) - 1;
    const data = { ...asset(`asset_${session}`), status: 'pending', contentType: body.contentType };
    const link = (part: number) => `${storage.url}/${session}/${part}?sig=t0psecretsignature`;
    const expiresAt = Date.now() + 21_600_000;
    if (size <= multipartAbove) {
      return [201, { status: 'presigned', data, upload: { method: 'PUT', url: link(1), expiresAt } }];
    }
    const links = Array.from({ length: Math.ceil(size / partSize) }, (_, index) => ({
      partNumber: index + 1,
      url: link(index + 1),
    }));
    return [201, { status: 'multipart', data, upload: { uploadId: 'u', partSize, parts: links, expiresAt } }];
  }

  function complete(id: string, body: { parts?: { partNumber: number; etag: string }[] }): Reply {
    const session = Number(id.replace('asset_', ''));
    const begun = sessions[session];
    const numbers = body.parts?.map(({ partNumber }) => partNumber) ?? [1];
    const isTrue = body.parts?.every(({ partNumber, etag }) => etag === `"${session}-${partNumber}"`) ?? true;
    const found = numbers.map((part) => parts.get(`${session}/${part}`));
    if (begun === undefined || !isTrue || found.includes(undefined)) {
      return [400, { error: { code: 'VALIDATION_ERROR', message: 'parts are missing' } }];
    }
    const size = found.reduce((sum, part) => sum + (part?.size ?? 0), 0);
    const hash = createHash('sha256');
    for (const part of found) hash.update(part?.content ?? '');
    completed.set(id, { sha256: hash.digest('hex'), size });
    if (begun.checksum !== undefined) ready.set(begun.checksum, id);
    return [200, { data: asset(id) }];
  }

  const asset = (id: string) => ({ id, status: 'ready', url: `${api.url}/assets/${id}/content` });

  const api = await serveHttp(async (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://x');
    log.push(`${request.method} ${pathname}`);
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    if (request.headers.authorization === undefined) {
      json(response, 401, { error: { code: 'UNAUTHORIZED', message: 'no key' } });
      return;
    }
    const body = chunks.length === 0 ? {} : JSON.parse(Buffer.concat(chunks).toString());
    bodies.push(body);
    const begun = pathname === '/assets' ? begin(body) : undefined;
    const instead = begun === undefined ? undefined : onBegin?.(sessions.length - 1);
    if (instead === 'cut') {
      request.socket.resetAndDestroy();
      return;
    }
    const [status, answer] = instead ?? begun ?? complete(pathname.split('/')[2] ?? '', body);
    json(response, status, answer);
  });

  return {
    url: api.url,
    storageHost: new URL(storage.url).host,
    log,
    storageHeaders,
    completed,
    bodies,
    close: async () => {
      await Promise.all([api.close(), storage.close()]);
    },
  };
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
