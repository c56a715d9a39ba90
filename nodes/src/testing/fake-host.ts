import { Readable } from 'node:stream';
import type { IHttpRequestOptions } from 'n8n-workflow';
import type { HostRequest } from '../host/http-port.ts';

/** What a scripted server answers with. */
export interface FakeAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Text, bytes, chunks, or anything else as JSON. */
  readonly body?: unknown;
}

/** One request as n8n's helper was asked for it. */
export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly options: IHttpRequestOptions;
  readonly json: unknown;
}

export interface FakeHost {
  readonly request: HostRequest;
  readonly seen: SeenRequest[];
}

/** n8n's plain HTTP helper over a function that answers. */
export function createFakeHost(
  answer: (request: SeenRequest, at: number) => FakeAnswer | Promise<FakeAnswer>,
): FakeHost {
  const seen: SeenRequest[] = [];
  return {
    seen,
    async request(options) {
      const { pathname, search } = new URL(options.url);
      const json = typeof options.body === 'string' ? JSON.parse(options.body) : undefined;
      const request = { method: options.method ?? 'GET', path: `${pathname}${search}`, options, json };
      seen.push(request);
      const { status = 200, headers = {}, body = '' } = await answer(request, seen.length - 1);
      return { statusCode: status, statusMessage: '', headers, body: streamOf(body) };
    },
  };
}

/** A Node stream of text, bytes, chunks, or of anything else as JSON. */
export function streamOf(body: unknown): Readable {
  if (body instanceof Readable) return body;
  if (Array.isArray(body) && body.every((chunk) => chunk instanceof Uint8Array)) return Readable.from(body);
  if (body instanceof Uint8Array) return Readable.from([body]);
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return Readable.from(text === '' ? [] : [Buffer.from(text)]);
}
