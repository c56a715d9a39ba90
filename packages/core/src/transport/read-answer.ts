import { RenderError } from '../errors/render-error.ts';
import type { HttpResponse } from '../ports/http-transport.ts';
import type { Endpoint } from './exchange.ts';
import { withoutKeyIn } from './key-guard.ts';

/**
 * Reads a 2xx answer. Where it holds no result, the error is read from a copy without the key: a server may repeat in
 * its complaint what it was sent.
 * @throws {RenderError} what the reader throws; BAD_RESPONSE where it breaks, because the request has done its work.
 */
export function readAnswer<T>(
  { provider, apiKey }: Pick<Endpoint, 'provider' | 'apiKey'>,
  response: HttpResponse,
  read: (response: HttpResponse) => T,
): T {
  try {
    return read(response);
  } catch {
    // Read again below, for an error that can be shown.
  }
  try {
    return read(withoutKeyIn(response, apiKey));
  } catch (error) {
    if (RenderError.isInstance(error)) throw error;
    throw new RenderError({
      code: 'BAD_RESPONSE',
      message: `${provider.displayName} answered HTTP ${response.status} with something that cannot be read.`,
      provider: provider.id,
      httpStatus: response.status,
    });
  }
}
