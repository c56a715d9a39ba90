import { createHash } from 'node:crypto';
import { RenderError } from '@renderq/core';
import { LOCAL_PRINCIPAL } from './principal.ts';

const isPlainObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Sorts the keys of every object, so that two spellings of one request read the same. */
const sortKeys = (_key: string, value: unknown): unknown =>
  isPlainObject(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
    : value;

/**
 * The request as JSON with sorted keys: the form in which two requests are compared.
 * Throws RenderError INVALID_REQUEST (field `request`) for a value that JSON cannot carry.
 */
export function canonicalJson(request: unknown): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(request, sortKeys);
  } catch (cause) {
    throw notJson(cause);
  }
  if (text === undefined) throw notJson();
  return text;
}

function notJson(cause?: unknown): RenderError {
  return new RenderError({
    code: 'INVALID_REQUEST',
    message: 'The request cannot be written as JSON.',
    field: 'request',
    remedy: "Pass the provider's own request body as a plain JSON object.",
    ...(cause === undefined ? {} : { cause }),
  });
}

const digest = (parts: readonly string[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('base64url');

/** Digest of a provider and a request body, whatever the order of the body's keys. */
export const fingerprintOf = (provider: string, request: unknown): string => digest([provider, canonicalJson(request)]);

/** A key as {@link providerKeyOf} makes it. Core's remedy after a lost answer names it, so callers hand it back. */
const OWN_KEY = /^rq_[\w-]{20,64}$/;

/** Whether a caller's key may be one that was made here. */
export const isOwnKey = (key: string): boolean => OWN_KEY.test(key);

/**
 * The key under which a provider sees a job. With a caller's key it depends on nothing but that key, its principal and the
 * request, so the same call made to a fresh process meets the provider's first job instead of billing a second.
 * The request is part of it because Rendobar does not compare bodies: a reused key would answer with another film.
 * A key that was made here already is passed on as it is, where it is the principal's own: anybody else who knows it would be
 * given the first principal's job.
 */
export function providerKeyOf(job: {
  readonly id: string;
  readonly principal: string;
  readonly idempotencyKey?: string;
  readonly fingerprint: string;
  /** The key is known to be one that was made here for the same principal. */
  readonly isKnownKey: boolean;
}): string {
  const { idempotencyKey: key, principal, fingerprint } = job;
  if (key === undefined) return `rq_${job.id}`;
  const isLocal = principal === LOCAL_PRINCIPAL;
  if (isOwnKey(key) && (isLocal || job.isKnownKey)) return key;
  return `rq_${digest(isLocal ? [key, fingerprint] : [key, fingerprint, principal])}`;
}
