import { createHash } from 'node:crypto';
import { type RenderClient, RenderError } from '@renderq/core';

/** An account of a provider, as a host opens it. */
export interface AccountHandle {
  readonly client: RenderClient;
  /** A name for the account that is the same in every process and tells no secret; {@link accountName} makes one. */
  readonly id: string;
  /**
   * The account's jobs die with the process that runs it and cost nothing (a sandbox inside the process): the open ones are
   * sent again by the next.
   */
  readonly isEphemeral?: true;
}

/** Names an account by a digest: whoever reads the name learns neither key nor address. */
export function accountName(account: {
  readonly provider: string;
  readonly baseUrl: string;
  readonly apiKey: string;
}): string {
  const { provider, baseUrl, apiKey } = account;
  const text = JSON.stringify([provider, baseUrl.replace(/\/+$/, ''), apiKey]);
  return `${provider}-${createHash('sha256').update(text).digest('base64url').slice(0, 22)}`;
}

/** A job belongs to another account of its provider than the one that is configured here. */
export const otherAccount = (provider: string): RenderError =>
  new RenderError({
    code: 'UNAUTHENTICATED',
    message: 'The job belongs to an account that is not configured here.',
    provider,
    remedy: 'Configure the API key and the base URL with which the job was submitted.',
  });
