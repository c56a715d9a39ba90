import * as v from 'valibot';
import {
  looseFlag,
  looseLines,
  looseNumber,
  looseProgress,
  looseText,
  looseTime,
  looseUrl,
  looseValue,
} from '../../decode/scalars.ts';
import { wireObject, wireRecord } from '../../decode/wire-object.ts';

const wireFile = wireObject({
  url: looseUrl,
  path: looseText,
  name: looseText,
  type: looseText,
  size: looseNumber,
  meta: v.fallback(
    v.optional(wireObject({ width: looseNumber, height: looseNumber, durationMs: looseNumber })),
    undefined,
  ),
});

/** Reads as a file where it is one; a bare URL counts. */
const looseFile = v.fallback(
  v.optional(
    v.union([
      v.pipe(
        v.string(),
        v.url(),
        v.transform((url) => v.parse(wireFile, { url })),
      ),
      wireFile,
    ]),
  ),
  undefined,
);

/** The output of every job type (Rendobar job page: "Output"). */
const wireOutput = wireObject({
  data: looseValue,
  url: looseUrl,
  file: looseFile,
  files: v.fallback(v.optional(v.array(looseFile)), undefined),
  expiresAt: looseTime,
});

/** `{ amount, currency, formatted }` in nanodollars; older answers hold the bare number or `{ nanodollars }`. */
const wireCost = v.union([
  v.pipe(
    v.number(),
    v.finite(),
    v.transform((amount) => ({ amount, formatted: undefined })),
  ),
  v.pipe(
    wireObject({ amount: looseNumber, nanodollars: looseNumber, formatted: looseText }),
    v.transform(({ amount, nanodollars, formatted }) => ({ amount: amount ?? nanodollars, formatted })),
  ),
]);

const wireStep = wireObject({ id: looseText, name: looseText, status: looseText });

const wireDelivery = wireObject({
  storageId: looseText,
  status: looseText,
  path: looseText,
  url: looseText,
  reason: looseText,
  renamed: looseFlag,
});

const looseObject = v.fallback(v.optional(wireRecord), undefined);

/** The entries that are objects; anything but an array is absent. */
function looseList<T extends v.GenericSchema>(entry: T) {
  return v.fallback(v.optional(v.array(v.fallback(v.optional(entry), undefined))), undefined);
}

/** What is read of a job; all else that the API sends is left alone. */
export const wireJob = wireObject({
  id: looseText,
  jobId: looseText,
  job_id: looseText,
  status: looseText,
  state: looseText,
  progress: looseProgress,
  warnings: looseLines,
  createdAt: looseTime,
  startedAt: looseTime,
  completedAt: looseTime,
  output: v.fallback(v.optional(wireOutput), undefined),
  cost: v.fallback(v.optional(wireCost), undefined),
  idempotent: v.fallback(v.optional(v.boolean()), undefined),
  type: looseText,
  jobType: looseText,
  orgId: looseText,
  source: looseText,
  client: looseText,
  idempotencyKey: looseText,
  dispatchedAt: looseTime,
  settledAt: looseTime,
  timeoutMs: looseNumber,
  retryCount: looseNumber,
  steps: looseList(wireStep),
  callback: v.fallback(v.optional(wireObject({ status: looseText })), undefined),
  deliveries: looseList(wireDelivery),
  error: v.fallback(v.optional(wireObject({ failedPhase: looseText })), undefined),
  failedPhase: looseText,
  inputs: looseObject,
  params: looseObject,
  eta: looseValue,
  bootState: looseText,
  logsAvailable: looseFlag,
  metricsAvailable: looseFlag,
  resourcesAvailable: looseFlag,
  retentionExpiresAt: looseTime,
  region: looseText,
  model: looseText,
  mediaType: looseText,
  outputCategory: looseText,
  webUrl: looseUrl,
});

export type WireFile = v.InferOutput<typeof wireFile>;
export type WireJob = v.InferOutput<typeof wireJob>;
