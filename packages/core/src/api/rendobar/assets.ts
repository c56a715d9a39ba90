import type { CallOptions } from '../../contract/client.ts';
import { definedFields } from '../../decode/defined-fields.ts';
import { asObject, parseJson, unwrap } from '../../decode/json-body.ts';
import { readNumber } from '../../decode/scalars.ts';
import { typed } from '../../errors/internal.ts';
import { RenderError } from '../../errors/render-error.ts';
import type { HttpResponse } from '../../ports/http-transport.ts';
import type { UploadSource } from '../../ports/upload-source.ts';
import type { Account } from '../../queue/account.ts';
import type { ApiCaller } from '../api-caller.ts';
import { type RendobarAsset, type RendobarReadyAsset, requireAsset, toAsset } from './asset.ts';
import type { RendobarPorts } from './rendobar-ports.ts';
import { apiPath, apiQuery, readObjects, removeResource } from './resources.ts';
import { type RendobarUploadOptions, uploadAsset } from './upload-asset.ts';

export interface RendobarAssetPage {
  readonly assets: readonly RendobarAsset[];
  /** Assets in all that fit the filter, where the API tells it. */
  readonly total?: number;
}

export interface RendobarAssetListOptions extends CallOptions {
  readonly type?: string | undefined;
  readonly scope?: string | undefined;
  readonly category?: string | undefined;
  readonly limit?: number | undefined;
  readonly offset?: number | undefined;
}

/** Files of the organization, for jobs to read. */
export interface RendobarAssets {
  /**
   * Uploads a file and gives the asset once it is ready. Content that Rendobar has already is not sent again. Large
   * files go up in parts, side by side, each repeated where it breaks; memory stays flat. The API key never reaches the
   * storage.
   */
  upload(source: UploadSource, options?: RendobarUploadOptions): Promise<RendobarReadyAsset>;
  get(assetId: string, options?: CallOptions): Promise<RendobarAsset>;
  list(options?: RendobarAssetListOptions): Promise<RendobarAssetPage>;
  delete(assetId: string, options?: CallOptions): Promise<void>;
}

export function createAssets(account: Account, ports: RendobarPorts, call: ApiCaller): RendobarAssets {
  const path = (assetId: string) => apiPath('/assets', 'assetId', assetId);
  return Object.freeze<RendobarAssets>({
    upload: (source, options) => typed(() => uploadAsset({ account, ports, call }, source, options)),
    get: (assetId, options) =>
      typed(() =>
        call(
          { method: 'GET', path: path(assetId) },
          { options, read: (response) => requireAsset(unwrap(parseJson(response.body)), response) },
        ),
      ),
    list: ({ maxQueueMs, signal, ...filter } = {}) =>
      typed(() =>
        call(
          { method: 'GET', path: `/assets${apiQuery(filter)}` },
          { options: definedFields({ maxQueueMs, signal }), read: readPage },
        ),
      ),
    delete: (assetId, options) => typed(() => removeResource(call, path(assetId), options)),
  });
}

/** Bytes in memory as a source for uploads. */
export function bytesSource(bytes: Uint8Array, filename: string): UploadSource {
  if (!(bytes instanceof Uint8Array)) {
    throw new RenderError({ code: 'INVALID_REQUEST', message: 'The content must be a Uint8Array.', field: 'source' });
  }
  return {
    filename,
    size: bytes.length,
    async *read(start, end) {
      if (end > start) yield bytes.subarray(start, end);
    },
  };
}

function readPage(response: HttpResponse): RendobarAssetPage {
  const assets = readObjects(response)
    .map(toAsset)
    .filter((asset) => asset !== undefined);
  const meta = asObject(asObject(parseJson(response.body))?.meta);
  return { assets, ...definedFields({ total: readNumber(meta?.total) }) };
}
