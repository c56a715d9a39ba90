import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import type { Account } from '../../service/accounts.ts';
import type { SandboxService } from '../../service/service.ts';
import { type Asset, contentTypeFor, expiryOf, readNewAsset } from './asset.ts';
import { readParts } from './asset-parts.ts';
import { invalid, Refusal } from './errors.ts';

type Body = Readonly<Record<string, unknown>>;

export interface BegunAsset {
  readonly asset: Asset;
  /** The content was there already: nothing is to be sent. */
  readonly isDuplicate: boolean;
}

/** Uploaded files of every organization. */
export interface Assets {
  /** Throws VALIDATION_ERROR, FILE_TOO_LARGE (413) or STORAGE_QUOTA_EXCEEDED (402). */
  begin(body: Body, account: Account): BegunAsset;
  /** Checks what has arrived and makes the asset ready. Repeatable. Throws NOT_FOUND, CONFLICT, VALIDATION_ERROR. */
  complete(id: string, body: Body, account: Account): Promise<Asset>;
  /** Throws NOT_FOUND for another's and for an expired one. */
  own(id: string, account: Account): Asset;
  /** By its unguessable id alone, which is all that a job's input has; undefined unless it is ready. */
  ready(id: string): Asset | undefined;
  /** Newest first. */
  ofAccount(account: Account): readonly Asset[];
  remove(id: string, account: Account): void;
  clear(accountId?: string): void;
}

/** Rendobar's n8n node: links last six hours. */
const LINK_MS = 6 * 3600_000;

/** What a part holds at most; the vendor's size is unknown. */
const PART_BYTES = 10 * 1024 ** 2;

export function createAssets(service: SandboxService): Assets {
  const assets = new Map<string, Asset>();
  /** A second completion that comes meanwhile waits for the first. */
  const completing = new Map<string, Promise<Asset>>();
  const { clock, uploads } = service;

  const isAlive = (asset: Asset) => clock.now() < (expiryOf(asset) ?? Number.POSITIVE_INFINITY);
  const ofAccount = ({ id }: Account) =>
    [...assets.values()].filter((asset) => asset.accountId === id && isAlive(asset)).reverse();

  function own(id: string, account: Account): Asset {
    const asset = assets.get(id);
    if (!asset || asset.accountId !== account.id || !isAlive(asset)) throw new Refusal('NOT_FOUND', 'Asset not found.');
    return asset;
  }

  /** Ready content with the same checksum that lives at least as long as the new asset would. */
  function findDuplicate(checksum: string | undefined, lifecycle: Asset['lifecycle'], account: Account) {
    if (checksum === undefined) return undefined;
    return ofAccount(account).find(
      (asset) => asset.stored?.sha256 === checksum && (lifecycle === 'ephemeral' || asset.lifecycle === lifecycle),
    );
  }

  function refuseOverLimits(size: number, lifecycle: Asset['lifecycle'], account: Account): void {
    const { maxInputBytes, storageBytes } = account.limits;
    if (size > maxInputBytes) {
      throw new Refusal('FILE_TOO_LARGE', `The file has ${size} bytes; your plan allows ${maxInputBytes}.`);
    }
    if (lifecycle !== 'persisted') return;
    const used = ofAccount(account).reduce(
      (sum, one) => sum + (one.lifecycle === 'persisted' ? one.declaredSize : 0),
      0,
    );
    if (used + size > storageBytes) {
      throw new Refusal('STORAGE_QUOTA_EXCEEDED', `${used} of ${storageBytes} bytes are in use.`);
    }
  }

  function discardExpired(): void {
    for (const asset of assets.values()) if (!isAlive(asset)) discard(asset);
  }

  function discard(asset: Asset): void {
    assets.delete(asset.id);
    void uploads.discard(asset.slotIds).catch(service.noteDefect);
    if (asset.stored) void rm(asset.stored.path, { force: true }).catch(service.noteDefect);
  }

  async function finish(asset: Asset, body: Body): Promise<Asset> {
    const received = readParts(asset, body, service);
    const stored = await uploads.join(asset.slotIds);
    const wrong = mismatch(asset, stored);
    if (wrong !== undefined) {
      await rm(stored.path, { force: true });
      discard(asset);
      throw invalid(wrong, `The ${wrong} of what arrived is not the one that was announced. Begin a new upload.`);
    }
    if (!assets.has(asset.id)) {
      await rm(stored.path, { force: true });
      throw new Refusal('NOT_FOUND', 'The asset was deleted meanwhile.');
    }
    const [first] = received;
    const etag = asset.isMultipart ? `"${stored.sha256.slice(0, 32)}-${received.length}"` : (first?.etag ?? '');
    const ready: Asset = {
      ...asset,
      // Rendobar's Activepieces piece: bytes that were sent without a type can end up stored as JSON.
      contentType: first?.contentType ?? 'application/json',
      slotIds: [],
      stored: { ...stored, etag },
      updatedAt: clock.now(),
    };
    assets.set(asset.id, ready);
    return ready;
  }

  return {
    begin(body, account) {
      discardExpired();
      const wanted = readNewAsset(body);
      const { filename, size, lifecycle = 'ephemeral' } = wanted;
      const checksum = wanted.checksum?.toLowerCase();
      const duplicate = findDuplicate(checksum, lifecycle, account);
      if (duplicate) return { asset: duplicate, isDuplicate: true };
      refuseOverLimits(size, lifecycle, account);

      const now = clock.now();
      const id = `asset_${randomBytes(12).toString('hex')}`;
      const isMultipart = size >= account.limits.multipartFromBytes;
      const partSize = isMultipart ? Math.min(PART_BYTES, Math.max(1, account.limits.multipartFromBytes)) : size;
      const slotIds = Array.from({ length: Math.ceil(size / partSize) }, (_part, index) => `${id}/${index + 1}`);
      for (const [index, slotId] of slotIds.entries()) {
        uploads.open(slotId, account.id, Math.min(partSize, size - index * partSize));
      }
      const asset: Asset = {
        id,
        accountId: account.id,
        filename,
        contentType: contentTypeFor(wanted),
        declaredSize: size,
        checksum,
        lifecycle,
        createdAt: now,
        updatedAt: now,
        linksExpireAt: now + LINK_MS,
        slotIds,
        partSize,
        isMultipart,
      };
      assets.set(id, asset);
      return { asset, isDuplicate: false };
    },
    async complete(id, body, account) {
      const asset = own(id, account);
      if (asset.stored) return asset;
      const underWay = completing.get(id) ?? finish(asset, body).finally(() => completing.delete(id));
      completing.set(id, underWay);
      return underWay;
    },
    own,
    ready(id) {
      const asset = assets.get(id);
      return asset?.stored && isAlive(asset) ? asset : undefined;
    },
    ofAccount,
    remove: (id, account) => discard(own(id, account)),
    clear(accountId) {
      for (const asset of assets.values()) {
        if (accountId === undefined || asset.accountId === accountId) discard(asset);
      }
    },
  };
}

/** The field of the announcement that what arrived does not keep. */
function mismatch(asset: Asset, stored: { readonly sizeBytes: number; readonly sha256: string }): string | undefined {
  if (stored.sizeBytes !== asset.declaredSize) return 'size';
  return asset.checksum !== undefined && asset.checksum !== stored.sha256 ? 'checksum' : undefined;
}
