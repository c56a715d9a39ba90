import { keepSecret } from '../errors/known-secrets.ts';
import { RenderError } from '../errors/render-error.ts';

/**
 * Checks that a key can travel in a header, and gives it without surrounding white space. No error shows it from then on.
 * @throws {RenderError} UNAUTHENTICATED, which never repeats the key.
 */
export function checkApiKey(
  apiKey: unknown,
  provider: { readonly displayName: string; readonly id: string; readonly env: { readonly apiKey: string } },
): string {
  const key = typeof apiKey === 'string' ? apiKey.trim() : '';
  const problem =
    key === '' ? 'is empty' : /^[\x21-\x7e\xa1-\xff]+$/.test(key) ? undefined : 'holds characters that no key has';
  if (problem === undefined) {
    keepSecret(key);
    return key;
  }
  throw new RenderError({
    code: 'UNAUTHENTICATED',
    message: `The API key for ${provider.displayName} ${problem}.`,
    provider: provider.id,
    field: 'apiKey',
    remedy: `Set ${provider.env.apiKey} to a key from the dashboard of ${provider.displayName}, without quotes or spaces.`,
  });
}
