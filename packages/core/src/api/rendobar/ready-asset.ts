import type { CallOptions } from '../../contract/client.ts';
import { parseJson, unwrap } from '../../decode/json-body.ts';
import { cleanText } from '../../errors/redact.ts';
import { RenderError } from '../../errors/render-error.ts';
import type { Clock } from '../../ports/clock.ts';
import { waitFor } from '../../retry/wait-for.ts';
import type { ApiCaller } from '../api-caller.ts';
import { type RendobarAsset, requireAsset } from './asset.ts';
import { apiPath } from './resources.ts';

/** Milliseconds between two looks. Few: an account of the smallest plan has ten requests a minute for everything. */
const LOOK_AFTER_MS = [1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000];
const FAILED = /^(?:failed|error|errored|rejected|aborted|expired|deleted)$/i;

/**
 * The asset once jobs may use it. Rendobar's upload page promises that a completed upload is `ready`; where an answer
 * says another word, the asset is looked at for up to a minute. An answer without a status is taken at the page's word.
 * @throws {RenderError} SOURCE_UNUSABLE when the asset has failed, WAIT_TIMEOUT when it is not ready in time; else as
 * reading the asset.
 */
export async function readyAsset(
  completed: RendobarAsset,
  { clock, call, options }: { readonly clock: Clock; readonly call: ApiCaller; readonly options: CallOptions },
): Promise<RendobarAsset> {
  const path = apiPath('/assets', 'assetId', completed.id);
  let asset = completed;
  for (const delay of LOOK_AFTER_MS) {
    if (isReady(asset)) return asset;
    await waitFor({ clock, until: clock.now() + delay, signal: options.signal });
    const seen = await call(
      { method: 'GET', path },
      { options, read: (response) => requireAsset(unwrap(parseJson(response.body)), response) },
    );
    // A look may tell less than the answer to the upload.
    asset = { ...asset, ...seen, id: completed.id };
  }
  if (isReady(asset)) return asset;
  throw new RenderError({
    code: 'WAIT_TIMEOUT',
    message: `The upload is complete, but ${cleanText(asset.id, 100)} is still "${cleanText(asset.status ?? '', 60)}".`,
    provider: 'rendobar',
    remedy: 'Look at the asset again with assets.get: once it is "ready", jobs may use it.',
  });
}

/** @throws {RenderError} SOURCE_UNUSABLE where it never will be. */
function isReady({ id, status }: RendobarAsset): boolean {
  if (status === undefined || status.toLowerCase() === 'ready') return true;
  if (!FAILED.test(status)) return false;
  throw new RenderError({
    code: 'SOURCE_UNUSABLE',
    message: `The file was uploaded, but ${cleanText(id, 100)} is "${cleanText(status, 60)}".`,
    provider: 'rendobar',
    field: 'source',
    remedy: 'Make sure that the file is whole and of a kind that the provider takes, then upload it again.',
  });
}
