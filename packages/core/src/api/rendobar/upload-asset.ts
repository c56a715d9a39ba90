import type { CallOptions } from '../../contract/client.ts';
import { definedFields } from '../../decode/defined-fields.ts';
import { parseJson, unwrap } from '../../decode/json-body.ts';
import { throwIfCancelled } from '../../errors/cancelled.ts';
import { cleanText } from '../../errors/redact.ts';
import { RenderError } from '../../errors/render-error.ts';
import type { Sha256 } from '../../ports/digest.ts';
import type { UploadSource } from '../../ports/upload-source.ts';
import type { Account } from '../../queue/account.ts';
import type { ApiCaller } from '../api-caller.ts';
import { IDLE_TIMEOUT_MS, transferOf } from '../transfer-port.ts';
import { type RendobarAsset, type RendobarReadyAsset, requireAsset } from './asset.ts';
import { contentTypeOf } from './content-type.ts';
import { readyAsset } from './ready-asset.ts';
import type { RendobarPorts } from './rendobar-ports.ts';
import { apiPath } from './resources.ts';
import { sendParts } from './send-parts.ts';
import { type BegunUpload, type RendobarUploadState, readBegunUpload, resumable } from './upload-session.ts';

const CONCURRENCY = 4;
const MAX_CONCURRENCY = 32;

export interface RendobarUploadOptions extends CallOptions {
  /** Default: by the ending of the file name. */
  readonly contentType?: string | undefined;
  /** `ephemeral`, the default, is kept for 24 hours; `persisted` counts toward the storage quota. */
  readonly lifecycle?: 'ephemeral' | 'persisted' | undefined;
  /**
   * The SHA-256 of the content in hex, by which Rendobar recognises content that it has. Default: computed first, which
   * reads the file once more; false leaves it out.
   */
  readonly checksum?: string | false | undefined;
  /** Parts of a large file on the way at a time, 1 to 32. Default 4. */
  readonly concurrency?: number | undefined;
  /** Milliseconds without a byte moving after which a part is sent again. Default 60,000. */
  readonly idleTimeoutMs?: number | undefined;
  /** Where an earlier upload of the same file stopped, as `onState` told it. */
  readonly resume?: RendobarUploadState | undefined;
  /** Told when the upload has begun and after each part. */
  readonly onState?: ((state: RendobarUploadState) => void) | undefined;
  readonly onProgress?: (progress: { readonly sentBytes: number; readonly totalBytes: number }) => void;
}

interface Surroundings {
  readonly account: Account;
  readonly ports: RendobarPorts;
  readonly call: ApiCaller;
}

/**
 * Begins an upload, sends what is missing, completes it, and waits until the asset is ready. It is begun again only where
 * nothing can have been made of the first try, and once where the storage refuses the links.
 * @throws {RenderError} PLAN_LIMIT (FILE_TOO_LARGE, STORAGE_QUOTA_EXCEEDED), INVALID_REQUEST (field `source`, `resume`,
 * `checksum` or `concurrency`), FORBIDDEN when the storage refuses new links too, SOURCE_UNUSABLE or WAIT_TIMEOUT when the
 * asset does not get ready, NETWORK, BAD_RESPONSE, CANCELLED.
 */
export async function uploadAsset(
  { account, ports, call }: Surroundings,
  source: UploadSource,
  options: RendobarUploadOptions = {},
): Promise<RendobarReadyAsset> {
  const { signal, maxQueueMs, onState = ignore, onProgress, idleTimeoutMs = IDLE_TIMEOUT_MS } = options;
  const callOptions: CallOptions = definedFields({ signal, maxQueueMs });
  const transfer = transferOf(ports);
  const concurrency = checkConcurrency(options.concurrency ?? CONCURRENCY);
  checkSize(source.size);
  const begin = async (): Promise<BegunUpload> => {
    const contentType = options.contentType ?? contentTypeOf(source.filename);
    const checksum = await checksumOf(source, options.checksum, ports.sha256, signal);
    const body = {
      filename: source.filename,
      size: source.size,
      contentType,
      lifecycle: options.lifecycle ?? 'ephemeral',
      ...definedFields({ checksum }),
    };
    return call(
      { method: 'POST', path: '/assets', body },
      // Rendobar recognises content that it has, not an upload that was begun: a repeat would make another asset.
      { options, isRepeatable: false, read: (response) => readBegunUpload(response, source, contentType) },
    ).catch(inDoubt);
  };

  const ready = async (completed: RendobarAsset): Promise<RendobarReadyAsset> => {
    const asset = await readyAsset(completed, { clock: ports.clock, call, options: callOptions });
    // Rendobar's upload page gives the form of this URL, should an answer leave it out.
    return { ...asset, url: asset.url ?? account.urlOf(apiPath('/assets', 'assetId', asset.id, '/content')) };
  };

  let known = resumable(options.resume, source, ports.clock.now());
  for (let isRenewed = false; ; isRenewed = true) {
    const begun = known === undefined ? await begin() : { state: known };
    if ('asset' in begun) return ready(begun.asset);
    if (known === undefined) onState(begun.state);
    known = undefined;
    const sent = await sendParts(begun.state, {
      account,
      transfer,
      source,
      concurrency,
      idleTimeoutMs,
      signal,
      onState,
      onProgress: (sentBytes) => onProgress?.({ sentBytes, totalBytes: source.size }),
    });
    if (sent !== undefined) return ready(await complete(call, sent, options));
    if (isRenewed) throw linksRefused(begun.state.assetId);
  }
}

/** Where nobody can tell whether an asset was made: an empty one does no harm, so the caller may begin again. */
function inDoubt(error: RenderError): never {
  const mayHaveBegun = error.code === 'NETWORK' || error.code === 'BAD_RESPONSE' || error.code === 'PROVIDER_ERROR';
  if (!mayHaveBegun || error.record.retryable) throw error;
  const remedy =
    'Upload the file again: at worst an asset without content is left, which assets.list shows as pending.';
  throw error.with({ remedy });
}

/** May be repeated (Rendobar: completing is repeatable). */
function complete(call: ApiCaller, state: RendobarUploadState, options: CallOptions): Promise<RendobarAsset> {
  const parts = state.parts.map(({ partNumber, etag }) => ({ partNumber, etag }));
  return call(
    {
      method: 'POST',
      path: apiPath('/assets', 'assetId', state.assetId, '/complete'),
      body: state.isMultipart ? { parts } : {},
    },
    { options, read: (response) => requireAsset(unwrap(parseJson(response.body)), response) },
  );
}

async function checksumOf(
  source: UploadSource,
  stated: string | false | undefined,
  sha256: (() => Sha256) | undefined,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  if (stated === false || (stated === undefined && sha256 === undefined)) return undefined;
  if (stated !== undefined) return checkChecksum(stated);
  const sum = sha256?.();
  try {
    for await (const chunk of source.read(0, source.size)) {
      throwIfCancelled(signal);
      sum?.update(chunk);
    }
  } catch (error) {
    throw RenderError.isInstance(error) ? error : unreadable(error);
  }
  return sum?.hex();
}

function checkChecksum(checksum: string): string {
  if (typeof checksum === 'string' && /^[0-9a-f]{64}$/i.test(checksum)) return checksum.toLowerCase();
  throw invalid('checksum', 'checksum must be a SHA-256 in hex: 64 digits.');
}

function checkConcurrency(concurrency: number): number {
  if (Number.isInteger(concurrency) && concurrency >= 1 && concurrency <= MAX_CONCURRENCY) return concurrency;
  throw invalid('concurrency', `concurrency must be a whole number from 1 to ${MAX_CONCURRENCY}.`);
}

function checkSize(size: number): void {
  if (!Number.isInteger(size) || size < 0) throw invalid('source', 'The size of the source must be a whole number.');
}

function unreadable(error: unknown): RenderError {
  const why = cleanText(error instanceof Error ? error.message : String(error), 200);
  return invalid('source', `The file to upload could not be read: ${why}`, error);
}

function invalid(field: string, message: string, cause?: unknown): RenderError {
  return new RenderError({ code: 'INVALID_REQUEST', message, field, cause });
}

function linksRefused(assetId: string): RenderError {
  return new RenderError({
    code: 'FORBIDDEN',
    message: `The storage refused the upload links of ${cleanText(assetId, 100)}, and new ones as well.`,
    provider: 'rendobar',
    remedy: "Check this computer's clock and any proxy on the way, then upload the file again.",
  });
}

function ignore(): void {}
