import { cleanText, withoutSecret } from '../errors/redact.ts';
import { RenderError } from '../errors/render-error.ts';
import { TransportError, type TransportFault } from '../ports/http-transport.ts';

const KINDS: Readonly<Record<TransportFault['kind'], string>> = {
  connect: 'could not be reached',
  timeout: 'did not answer in time',
  reset: 'closed the connection before it answered',
  aborted: 'was not waited for any longer',
  'too-large': 'answered with more than can be read',
  other: 'could not be talked to',
};

/** By shape, not by class: a bundled host throws its own copy of TransportError. */
export function wireFaultOf(error: unknown): Partial<TransportFault> | undefined {
  const fault = typeof error === 'object' && error !== null && 'fault' in error ? error.fault : undefined;
  return typeof fault === 'object' && fault !== null ? fault : undefined;
}

/** NETWORK: what the wire did to a request, told without its path, its query or the key. */
export function networkError(
  error: unknown,
  {
    provider,
    url,
    apiKey = '',
  }: {
    readonly provider: { readonly id: string; readonly displayName: string };
    readonly url: string;
    readonly apiKey?: string;
  },
): RenderError {
  const { kind = 'other', sent = 'maybe-sent' } = wireFaultOf(error) ?? {};
  const what = KINDS[kind] ?? KINDS.other;
  const detail = cleanText(withoutSecret(error instanceof Error ? error.message : '', apiKey), 200);
  return new RenderError({
    code: 'NETWORK',
    message: `${provider.displayName} at ${new URL(url).host} ${what}${detail === '' ? '.' : `: ${detail}`}`,
    provider: provider.id,
    // Not the error itself: HTTP libraries keep the request's headers in theirs, or the bytes that they stumbled over.
    cause: new TransportError({ kind, sent, message: detail }),
  });
}
