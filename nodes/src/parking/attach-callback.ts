/** A provider that calls back, as core names it. */
export type CallingVendor = 'rendobar' | 'phantomflow';

/**
 * The request with the address at which its job's end is to be told. Rendobar: `callback` (callbacks guide), signed where
 * asked. PhantomFlow: `webhook_uri`, for a movie documented, for a template not; it knows no signature.
 */
export function attachCallback(
  vendor: CallingVendor,
  request: object,
  { url, isSigned }: { readonly url: string; readonly isSigned: boolean },
): object {
  if (vendor === 'phantomflow') return { ...request, webhook_uri: url };
  return { ...request, callback: { url, ...(isSigned && { verify: true }) } };
}
