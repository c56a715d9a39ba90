/** Where finished films, shared films and uploads stand: all that a job may read of the sandbox that renders it. */
const MEDIA_PATH =
  /^(?:\/rendobar\/(?:assets\/[^/]+\/content|dl\/[^/]+|v\/[^/]+\/[^/]+\/.+|s\/[^/]+\/[^/]+)|\/phantomflow\/output\/[^/]+)$/;

/** What a URL means to the sandbox whose origin is its own; undefined for any other origin. */
export type OwnPlace = 'media' | 'closed' | undefined;

/**
 * Judges a URL for the downloader. The service is public to its own jobs only where the vendors' storage would be:
 * control plane, status page and API are `closed`, although the address is the same.
 */
export function ownPlace(url: URL, publicUrl: string): OwnPlace {
  if (url.origin !== publicUrl) return undefined;
  return MEDIA_PATH.test(url.pathname) ? 'media' : 'closed';
}
