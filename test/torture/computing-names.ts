/** What the language itself gives, and of the web platform only what computes: URLs and abort signals. */
export const COMPUTING_NAMES: ReadonlySet<string> = new Set(
  [
    'undefined NaN Infinity Object Array String Number Boolean BigInt Symbol Math JSON Date RegExp Map Set WeakMap WeakSet WeakRef',
    'Promise Proxy Reflect Error TypeError RangeError AggregateError Uint8Array Uint32Array ArrayBuffer DataView isNaN isFinite',
    'parseInt parseFloat encodeURI encodeURIComponent decodeURIComponent Intl',
    'URL URLSearchParams AbortController AbortSignal TextEncoder TextDecoder atob btoa',
  ].flatMap((names) => names.split(' ')),
);
