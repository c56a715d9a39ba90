import type { IDataObject, IExecuteData, INodeExecutionData } from 'n8n-workflow';
import type { ItemOutcome } from '../items/item-outcome.ts';
import { parkedJobs } from './parked-items.ts';

/** What is needed of n8n's execute context. */
export interface ParkingHost {
  getInputData(): INodeExecutionData[];
  /** What n8n writes down: also the items that a node with Execute Once is not given. */
  getExecuteData(): Pick<IExecuteData, 'data'>;
  putExecutionToWait(until: Date): Promise<void>;
}

/** What an execution sleeps with. */
export interface ParkedRun {
  /** The JSON of each of its items. */
  readonly stored: readonly IDataObject[];
  /** Unix milliseconds. */
  readonly until: number;
}

/**
 * Sends the execution to sleep. What must survive it stands in the items themselves, which n8n writes down with it: no
 * memory of this process is needed to wake it. Gives what the node shows meanwhile, which n8n takes back on resuming; none
 * of it has an `error` field, which would make Retry On Fail run the node again.
 */
export async function parkExecution(host: ParkingHost, { stored, until }: ParkedRun): Promise<readonly ItemOutcome[]> {
  for (const [index, item] of host.getInputData().entries()) {
    const json = stored[index];
    if (json === undefined) continue;
    item.json = json;
    delete item.binary;
  }
  // Items of the input without a job would leave as results should nobody wake the execution.
  host.getExecuteData().data.main?.[0]?.splice(stored.length);
  await host.putExecutionToWait(new Date(until));
  const parked = new Map(parkedJobs(stored).map(({ index, jobId }) => [index, jobId]));
  return stored.map((_, index) => {
    const jobId = parked.get(index);
    const json = { jobId, parked: true, until: new Date(until).toISOString() };
    return { index, made: jobId === undefined ? [] : [{ json }] };
  });
}
