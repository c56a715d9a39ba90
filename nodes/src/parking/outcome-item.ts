import type { ErrorRecord, ProviderName } from '@renderq/core';
import type { IDataObject } from 'n8n-workflow';
import { toErrorRecord } from '../items/error-record.ts';
import type { ItemOutcome } from '../items/item-outcome.ts';
import { lookedAt, waitedFor } from '../items/job-item.ts';
import { toData } from '../items/to-data.ts';
import { timeoutError } from './parked-items.ts';
import type { JobOutcome } from './wait-jobs.ts';

/** How the outcomes of a run are told. */
export interface TellOutcome {
  readonly provider: ProviderName;
  readonly maxWaitMs: number;
  readonly isSimple: boolean;
}

/** What leaves the node once the wait is over: a job that still runs is a WAIT_TIMEOUT. */
export function outcomeItem(tell: TellOutcome, outcome: JobOutcome, index: number): ItemOutcome {
  if (outcome.kind === 'ended') return waitedFor(index, outcome.snapshot, tell.isSimple);
  const error =
    outcome.kind === 'failed' ? outcome.error : timeoutError(tell.provider, outcome.snapshot.id, tell.maxWaitMs);
  return { index, error: toErrorRecord(error, tell.provider) };
}

/** The same, but a job that still runs is told as it was last seen. */
export function seenItem(tell: TellOutcome, outcome: JobOutcome, index: number): ItemOutcome {
  return outcome.kind === 'pending'
    ? lookedAt(index, outcome.snapshot, tell.isSimple)
    : outcomeItem(tell, outcome, index);
}

/** What is stored of an item while its execution sleeps. */
export function storedJson(tell: TellOutcome, outcome: JobOutcome, index: number): IDataObject {
  const item = outcomeItem(tell, outcome, index);
  return 'error' in item ? toData({ error: item.error }) : (item.made[0]?.json ?? {});
}

/** Tells in the item why its run did not park: in a result, and in the error of a wait that was too short. */
export function withReason(item: ItemOutcome, reason: string | undefined): ItemOutcome {
  if (reason === undefined) return item;
  if (!('error' in item)) {
    return { ...item, made: item.made.map((made) => ({ ...made, json: { ...made.json, waitedInProcess: reason } })) };
  }
  if (item.error.code !== 'WAIT_TIMEOUT') return item;
  const error: ErrorRecord & { readonly waitedInProcess: string } = { ...item.error, waitedInProcess: reason };
  return { ...item, error };
}
