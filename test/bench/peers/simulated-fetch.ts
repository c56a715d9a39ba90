import { send, WireFault } from '../../simulator/send.ts';
import type { Timeline } from '../../simulator/timeline.ts';
import type { Vendor } from '../../simulator/vendor.ts';

export const BASE_URL = 'https://vendor.test';

/** Node's own fetch gives up on a silent server after five minutes. */
const HEADERS_TIMEOUT_MS = 300_000;

/** The global fetch as Node has it, with the simulator at the other end of the wire. */
export function simulatedFetch(vendor: Vendor, timeline: Timeline): typeof fetch {
  return async (input, init) => {
    const request = new Request(input, init);
    const body = request.body === null ? undefined : await request.text();
    const { method, signal } = request;
    const path = request.url.slice(BASE_URL.length);
    try {
      const options = { timeline, timeoutMs: HEADERS_TIMEOUT_MS, signal };
      const answer = await send(vendor, { method, path, body }, options);
      return new Response(answer.body, { status: answer.status, headers: { ...answer.headers } });
    } catch (error) {
      if (!(error instanceof WireFault)) throw error;
      if (error.kind === 'aborted') throw error.cause;
      const code = error.kind === 'reset' ? 'ECONNRESET' : 'UND_ERR_HEADERS_TIMEOUT';
      throw new TypeError('fetch failed', { cause: Object.assign(new Error(code), { code }) });
    }
  };
}
