import * as v from 'valibot';
import type { CallOptions } from '../../contract/client.ts';
import { definedFields } from '../../decode/defined-fields.ts';
import { looseFlag, looseNumber, looseText, looseTime, readText } from '../../decode/scalars.ts';
import { wireObject } from '../../decode/wire-object.ts';
import { typed } from '../../errors/internal.ts';
import type { HttpResponse } from '../../ports/http-transport.ts';
import type { ApiCaller } from '../api-caller.ts';
import { apiPath, apiQuery, readObject, readObjects } from './resources.ts';

/** A bucket of the organization's own, under the name that `storage://<id>/...` uses. */
export interface RendobarStorageConnection {
  readonly id: string;
  /** For example `r2`, `s3`, `supabase`. */
  readonly provider?: string;
  readonly bucket?: string;
  readonly region?: string;
  readonly endpoint?: string;
  /** `read` where the bucket is a source only. */
  readonly access?: string;
  readonly pending?: boolean;
  /** Whether jobs that name no destination deliver here. */
  readonly defaultDestination?: boolean;
}

export interface RendobarStoredObject {
  readonly key: string;
  /** Bytes. */
  readonly size?: number;
  /** Unix milliseconds. */
  readonly lastModified?: number;
}

/** One page of a bucket's content. */
export interface RendobarStoragePage {
  readonly folders: readonly string[];
  readonly objects: readonly RendobarStoredObject[];
  /** Where the next page begins; absent on the last. */
  readonly cursor?: string | undefined;
}

/** The organization's buckets. Needs a key with the scope `storage:read`. */
export interface RendobarStorage {
  list(options?: CallOptions): Promise<readonly RendobarStorageConnection[]>;
  objects(
    storageId: string,
    options?: CallOptions & {
      readonly prefix?: string | undefined;
      readonly cursor?: string | undefined;
      readonly limit?: number | undefined;
    },
  ): Promise<RendobarStoragePage>;
}

const wireConnection = wireObject({
  provider: looseText,
  bucket: looseText,
  region: looseText,
  endpoint: looseText,
  access: looseText,
  pending: looseFlag,
  defaultDestination: looseFlag,
});
const wireStored = wireObject({ size: looseNumber, lastModified: looseTime });

export function createStorage(call: ApiCaller): RendobarStorage {
  return Object.freeze<RendobarStorage>({
    list: (options) => call({ method: 'GET', path: '/storage' }, { options, read: readConnections }),
    objects: (storageId, { prefix, cursor, limit, ...options } = {}) =>
      typed(() => {
        const path = apiPath('/storage', 'storageId', storageId, `/objects${apiQuery({ prefix, cursor, limit })}`);
        return call({ method: 'GET', path }, { options, read: readPage });
      }),
  });
}

function readConnections(response: HttpResponse): readonly RendobarStorageConnection[] {
  return readObjects(response).flatMap((entry) => {
    const id = readText(entry.id);
    return id === undefined ? [] : [{ id, ...definedFields(v.parse(wireConnection, entry)) }];
  });
}

function readPage(response: HttpResponse): RendobarStoragePage {
  const { folders, objects, cursor } = readObject(response);
  return {
    folders: listOf(folders).filter((folder) => typeof folder === 'string'),
    objects: listOf(objects).flatMap((entry) => {
      const object = v.safeParse(v.looseObject({ key: v.string() }), entry);
      return object.success ? [{ key: object.output.key, ...definedFields(v.parse(wireStored, object.output)) }] : [];
    }),
    ...definedFields({ cursor: readText(cursor) }),
  };
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
