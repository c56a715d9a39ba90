import { createHash } from 'node:crypto';

/** One call, without anything secret: no key, no body, no query value that could be a signature. */
export interface JournalEntry {
  readonly id: number;
  /** Unix time in milliseconds on the sandbox's clock. */
  readonly at: number;
  readonly provider: string;
  readonly method: string;
  /** Path below the provider's base URL, with the query; the value of `token` is removed. */
  readonly path: string;
  /** Of the answer; 0 where the connection was broken before there was one. */
  readonly status: number;
  /** The vendor code of an error answer. */
  readonly code?: string;
  readonly accountId?: string;
  /** The fault rule that changed the answer. */
  readonly faultId?: string;
  /** How the connection was broken: the answer did not arrive as it stands here. */
  readonly transport?: string;
  readonly durationMs: number;
  readonly userAgent?: string;
  readonly idempotencyKey?: string;
  readonly bodyBytes: number;
  /** Equal for equal bodies: shows whether a client repeated itself exactly. */
  readonly bodySha256?: string;
}

export interface Journal {
  add(entry: Omit<JournalEntry, 'id'>): void;
  /** Newest last. */
  list(): readonly JournalEntry[];
  /** Forgets one account's calls, or all. */
  clear(accountId?: string): void;
}

const KEPT_ENTRIES = 1000;

export function createJournal(keptEntries = KEPT_ENTRIES): Journal {
  let entries: JournalEntry[] = [];
  let lastId = 0;
  return {
    add(entry) {
      lastId += 1;
      entries.push({ id: lastId, ...entry });
      if (entries.length > keptEntries) entries = entries.slice(-keptEntries);
    },
    list: () => [...entries],
    clear(accountId) {
      entries = accountId === undefined ? [] : entries.filter((entry) => entry.accountId !== accountId);
    },
  };
}

/** A path that may be kept: signatures in the query and in multi-file links are removed. */
export function redactPath(pathAndQuery: string): string {
  return pathAndQuery
    .replace(/([?&](?:token|key|api_key|signature|X-Amz-Signature)=)[^&#]*/gi, '$1[redacted]')
    .replace(/^(\/v\/[^/]+\/)[^/]+/, '$1[redacted]');
}

export function digestBody(body: string): string {
  return createHash('sha256').update(body).digest('hex');
}
