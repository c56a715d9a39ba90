/** A provider that calls back, as core names it. */
export type CallingVendor = 'rendobar' | 'phantomflow';

/**
 * The request with the address at which its job's end is to be told. Rendobar: `callback` (callbacks guide), signed where
 * asked. PhantomFlow: `webhook_uri` of a movie script (webhooks page); it knows no signature.
 */
export function attachCallback(
  vendor: CallingVendor,
  request: object,
  { url, isSigned }: { readonly url: string; readonly isSigned: boolean },
): object {
  if (vendor === 'phantomflow') return { ...request, webhook_uri: url };
  return { ...request, callback: { url, ...(isSigned && { verify: true }) } };
}

/**
 * Whether the provider says that it calls back for this request. PhantomFlow's template page names no `webhook_uri`, and an
 * execution must not sleep for a call that may never come.
 */
export function isCalledBack(vendor: CallingVendor, request: object): boolean {
  return vendor !== 'phantomflow' || !('template_id' in request);
}
