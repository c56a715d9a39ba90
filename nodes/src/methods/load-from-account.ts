import type { RenderClient } from '@renderq/core';
import type { ILoadOptionsFunctions } from 'n8n-workflow';
import { type AccountSettings, readAccountSettings, type Vendor } from '../host/account-settings.ts';
import type { RequestSource } from '../host/open-account.ts';
import { toErrorRecord } from '../items/error-record.ts';
import { toNodeError } from '../items/node-error.ts';

/**
 * Reads something for the node's panel with the account of its credential.
 * @throws {NodeApiError} with what happened and what to do, which the panel shows.
 */
export async function loadFromAccount<Client extends RenderClient, T>(
  ctx: ILoadOptionsFunctions,
  vendor: Vendor,
  open: (settings: AccountSettings, source: RequestSource) => Client,
  read: (client: Client) => Promise<T>,
): Promise<T> {
  try {
    return await read(open(await readAccountSettings(ctx, vendor), ctx));
  } catch (error) {
    throw toNodeError(ctx.getNode(), toErrorRecord(error, vendor));
  }
}
