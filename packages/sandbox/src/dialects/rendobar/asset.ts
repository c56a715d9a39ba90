import { schemaCheck } from '../../service/schema-problem.ts';
import { mediaTypeOf } from '../../service/send-file.ts';
import type { StoredUpload } from '../../service/upload-slots.ts';
import { invalid } from './errors.ts';

export type Lifecycle = 'ephemeral' | 'persisted';

/** An uploaded file. Times are Unix milliseconds. */
export interface Asset {
  readonly id: string;
  readonly accountId: string;
  readonly filename: string;
  readonly contentType: string;
  readonly declaredSize: number;
  /** SHA-256 in hex, as the caller announced it. */
  readonly checksum: string | undefined;
  readonly lifecycle: Lifecycle;
  readonly createdAt: number;
  readonly updatedAt: number;
  /** When the upload links stop working. */
  readonly linksExpireAt: number;
  /** One for each link; emptied by the completion. */
  readonly slotIds: readonly string[];
  readonly partSize: number;
  readonly isMultipart: boolean;
  /** Present once the upload is complete. */
  readonly stored?: StoredUpload & { readonly etag: string };
}

/** Rendobar's n8n node: an ephemeral asset is kept for 24 hours. */
const EPHEMERAL_MS = 24 * 3600_000;

export function expiryOf({ lifecycle, createdAt }: Asset): number | null {
  return lifecycle === 'ephemeral' ? createdAt + EPHEMERAL_MS : null;
}

export interface NewAssetBody {
  readonly filename: string;
  readonly size: number;
  readonly contentType?: string;
  readonly lifecycle?: Lifecycle;
  readonly checksum?: string;
}

const checkBody = schemaCheck({
  type: 'object',
  required: ['filename', 'size'],
  properties: {
    filename: { type: 'string', minLength: 1, maxLength: 1024 },
    size: { type: 'integer', minimum: 1 },
    contentType: { type: 'string', pattern: '^[\\w.+-]+/[\\w.+-]+' },
    lifecycle: { enum: ['ephemeral', 'persisted'] },
    checksum: { type: 'string', pattern: '^[0-9a-fA-F]{64}$' },
  },
});

/** The body of POST /assets. Throws VALIDATION_ERROR naming the field. */
export function readNewAsset(body: Readonly<Record<string, unknown>>): NewAssetBody {
  const problem = checkBody(body);
  if (problem) throw invalid(problem.path, `${problem.path || 'The body'}: ${problem.message}`);
  return body as unknown as NewAssetBody;
}

/** Rendobar's clients: the 21 fields of an asset. */
export function viewAsset(asset: Asset, baseUrl: string) {
  const { stored, contentType } = asset;
  return {
    id: asset.id,
    orgId: asset.accountId,
    kind: 'file',
    scope: 'input',
    source: 'upload',
    status: stored ? 'ready' : 'pending',
    filename: asset.filename,
    contentType,
    mediaType: mediaKindOf(contentType),
    declaredSize: asset.declaredSize,
    sizeBytes: stored?.sizeBytes ?? null,
    checksum: stored?.sha256 ?? asset.checksum ?? null,
    etag: stored?.etag ?? null,
    lifecycle: asset.lifecycle,
    metadata: null,
    region: 'local',
    url: `${baseUrl}/assets/${asset.id}/content`,
    createdBy: null,
    createdAt: asset.createdAt,
    updatedAt: asset.updatedAt,
    expiresAt: expiryOf(asset),
  };
}

export function contentTypeFor({ contentType, filename }: NewAssetBody): string {
  return contentType ?? mediaTypeOf(filename);
}

export function mediaKindOf(contentType: string): string {
  const [kind = ''] = contentType.split('/');
  return ['video', 'audio', 'image'].includes(kind) ? kind : 'other';
}
