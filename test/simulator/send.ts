import type { Timeline } from './timeline.ts';
import type { Vendor } from './vendor.ts';
import type { WireAnswer, WireRequest } from './wire.ts';

/** What a client has instead of an answer. */
export class WireFault extends Error {
  override readonly name = 'WireFault';
  readonly kind: 'reset' | 'timeout' | 'aborted';
  /** Whether the request may have been heard. */
  readonly wasSent: boolean;
  constructor(kind: 'reset' | 'timeout' | 'aborted', wasSent: boolean, cause?: unknown) {
    super(kind, { cause });
    this.kind = kind;
    this.wasSent = wasSent;
  }
}

export interface SendOptions {
  readonly timeline: Timeline;
  /** Milliseconds until the client gives up; undefined for a client that waits for ever. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The client's side of one exchange.
 * @throws {WireFault} when the connection breaks, the time is over, or the signal aborts; the vendor goes on all the same.
 */
export function send(vendor: Vendor, request: WireRequest, options: SendOptions): Promise<WireAnswer> {
  const { timeline, timeoutMs, signal } = options;
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(new WireFault('aborted', false, signal.reason));
    const fail = (kind: 'reset' | 'timeout' | 'aborted', cause?: unknown) => {
      close();
      reject(new WireFault(kind, true, cause));
    };
    const onAbort = () => fail('aborted', signal?.reason);
    const stop = timeoutMs === undefined ? () => {} : timeline.after(timeoutMs, () => fail('timeout'));
    const close = () => {
      stop();
      signal?.removeEventListener('abort', onAbort);
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    void vendor.handle(request).then((outcome) => {
      if (outcome.kind === 'silence') return;
      if (outcome.kind === 'reset') return fail('reset');
      close();
      resolve(outcome);
    });
  });
}
