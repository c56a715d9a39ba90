import * as z from 'zod/mini';
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

const wireFile = z.object({
  url: looseUrl,
  path: looseText,
  name: looseText,
  type: looseText,
  size: looseNumber,
  meta: z.catch(z.optional(z.object({ width: looseNumber, height: looseNumber, durationMs: looseNumber })), undefined),
});

/** Reads as a file where it is one; a bare URL counts. */
const looseFile = z.catch(
  z.optional(
    z.union([
      z.pipe(
        z.url(),
        z.transform((url) => wireFile.parse({ url })),
      ),
      wireFile,
    ]),
  ),
  undefined,
);

/** The output of every job type (Rendobar job page: "Output"). */
const wireOutput = z.object({
  data: looseValue,
  url: looseUrl,
  file: looseFile,
  files: z.catch(z.optional(z.array(looseFile)), undefined),
  expiresAt: looseTime,
});

/** `{ amount, currency, formatted }` in nanodollars; older answers hold the bare number or `{ nanodollars }`. */
const wireCost = z.union([
  z.pipe(
    z.number(),
    z.transform((amount) => ({ amount, formatted: undefined })),
  ),
  z.pipe(
    z.object({ amount: looseNumber, nanodollars: looseNumber, formatted: looseText }),
    z.transform(({ amount, nanodollars, formatted }) => ({ amount: amount ?? nanodollars, formatted })),
  ),
]);

const wireStep = z.object({ id: looseText, name: looseText, status: looseText });

const wireDelivery = z.object({
  storageId: looseText,
  status: looseText,
  path: looseText,
  url: looseText,
  reason: looseText,
  renamed: looseFlag,
});

/** The entries that are objects; anything but an array is absent. */
function looseList<T extends z.ZodMiniType>(entry: T) {
  return z.catch(z.optional(z.array(z.catch(z.optional(entry), undefined))), undefined);
}

/** What is read of a job; all else that the API sends is left alone. */
export const wireJob = z.object({
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
  output: z.catch(z.optional(wireOutput), undefined),
  cost: z.catch(z.optional(wireCost), undefined),
  idempotent: z.catch(z.optional(z.boolean()), undefined),
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
  callback: z.catch(z.optional(z.object({ status: looseText })), undefined),
  deliveries: looseList(wireDelivery),
  logsAvailable: looseFlag,
  retentionExpiresAt: looseTime,
  region: looseText,
  model: looseText,
  mediaType: looseText,
  webUrl: looseUrl,
});

export type WireFile = z.infer<typeof wireFile>;
export type WireJob = z.infer<typeof wireJob>;
