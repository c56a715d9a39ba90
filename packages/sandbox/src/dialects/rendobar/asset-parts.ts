import { schemaCheck } from '../../service/schema-problem.ts';
import type { SandboxService } from '../../service/service.ts';
import type { ReceivedBytes } from '../../service/upload-slots.ts';
import type { Asset } from './asset.ts';
import { invalid, Refusal } from './errors.ts';

interface NamedPart {
  readonly partNumber: number;
  readonly etag: string;
}

const checkBody = schemaCheck({
  type: 'object',
  properties: {
    parts: {
      type: 'array',
      items: {
        type: 'object',
        required: ['partNumber', 'etag'],
        properties: { partNumber: { type: 'integer', minimum: 1 }, etag: { type: 'string', minLength: 1 } },
      },
    },
  },
});

/**
 * What has arrived for an asset, in order, if a completion may be made of it. Throws VALIDATION_ERROR for parts that are
 * not those of the upload, CONFLICT where bytes are missing.
 */
export function readParts(
  asset: Asset,
  body: Readonly<Record<string, unknown>>,
  { uploads }: SandboxService,
): readonly ReceivedBytes[] {
  const problem = checkBody(body);
  if (problem) throw invalid(problem.path, `${problem.path || 'The body'}: ${problem.message}`);
  const named = (body.parts ?? []) as readonly NamedPart[];
  if (asset.isMultipart && named.length !== asset.slotIds.length) {
    throw invalid('parts', `The upload has ${asset.slotIds.length} parts; ${named.length} were named.`);
  }
  return asset.slotIds.map((slotId, index) => {
    const received = uploads.get(slotId)?.received;
    if (!received) throw new Refusal('CONFLICT', `Nothing has arrived for part ${index + 1} yet.`);
    const part = named.find(({ partNumber }) => partNumber === index + 1);
    if (asset.isMultipart && bare(part?.etag) !== bare(received.etag)) {
      throw invalid(`parts.${index}.etag`, `Part ${index + 1} arrived with another ETag.`);
    }
    return received;
  });
}

/** Clients hand an ETag on with its quotes or without. */
const bare = (etag: string | undefined) => etag?.replaceAll('"', '');
