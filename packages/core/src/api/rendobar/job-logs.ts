import * as v from 'valibot';
import { definedFields } from '../../decode/defined-fields.ts';
import { looseNumber, looseText, looseTime, looseValue } from '../../decode/scalars.ts';
import { wireObject } from '../../decode/wire-object.ts';
import type { HttpResponse } from '../../ports/http-transport.ts';
import { readObjects } from './resources.ts';

/** One line of a job's log. May quote the command and its URLs. */
export interface RendobarLogEntry {
  /** Unix milliseconds. */
  readonly timestamp?: number;
  /** `info`, `warn`, `error`, `debug`. */
  readonly level?: string;
  readonly step?: string;
  /** For example `job.start`, `step.progress`, `job.error`. */
  readonly event?: string;
  readonly message?: string;
  readonly durationMs?: number;
  readonly meta?: unknown;
}

const wireEntry = wireObject({
  timestamp: looseTime,
  level: looseText,
  step: looseText,
  event: looseText,
  message: looseText,
  durationMs: looseNumber,
  meta: looseValue,
});

export function readLogs(response: HttpResponse): readonly RendobarLogEntry[] {
  return readObjects(response).map((entry) => definedFields(v.parse(wireEntry, entry)));
}
