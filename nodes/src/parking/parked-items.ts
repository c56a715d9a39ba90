import { RenderError } from '@renderq/core';
import type { IDataObject } from 'n8n-workflow';

/** A job that an execution sleeps for. */
export interface ParkedJob {
  /** Which item of the run it belongs to. */
  readonly index: number;
  readonly jobId: string;
}

/**
 * What is kept of a job while its execution is parked, and what comes out of the node should nobody wake it: n8n then gives
 * the stored items to the first output, or to the Error output where one is chosen.
 */
export function timeoutError(provider: string, jobId: string, maxWaitMs: number): RenderError {
  return new RenderError({
    code: 'WAIT_TIMEOUT',
    message: `The job had not ended, as far as was heard, within a Max Wait of ${minutes(maxWaitMs)}.`,
    provider,
    jobId,
    // The wait could be repeated, but this operation would submit, and pay, again.
    retryable: false,
    remedy: 'The job itself goes on: look at it with the operation Get and this job ID.',
  });
}

/** The items that stand for jobs which were still running, out of the JSON of all stored items. */
export function parkedJobs(stored: readonly IDataObject[]): readonly ParkedJob[] {
  return stored.flatMap((json, index) => {
    const jobId = parkedJobId(json);
    return jobId === undefined ? [] : [{ index, jobId }];
  });
}

function parkedJobId({ error }: IDataObject): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error) || !('jobId' in error)) return undefined;
  return error.code === 'WAIT_TIMEOUT' && typeof error.jobId === 'string' ? error.jobId : undefined;
}

/** More items than n8n can hold in one execution: an end, should an evaluation never yield nothing. */
const MOST_ITEMS = 100_000;

/**
 * The JSON of the stored items, as copies. A waiting node's webhook is given no input; expressions are: `evaluate` gives
 * `{{ $json }}` of one item, and nothing or an exception behind the last one.
 */
export function readStoredItems(evaluate: (index: number) => unknown): readonly IDataObject[] {
  const stored: IDataObject[] = [];
  for (let index = 0; index < MOST_ITEMS; index += 1) {
    const json = copyOf(() => evaluate(index));
    if (json === undefined) break;
    stored.push(json);
  }
  return stored;
}

function copyOf(evaluate: () => unknown): IDataObject | undefined {
  try {
    const value = evaluate();
    if (typeof value !== 'object' || value === null) return undefined;
    // What an expression gives is a live view of the execution's data.
    return JSON.parse(JSON.stringify(value)) as IDataObject;
  } catch {
    return undefined;
  }
}

function minutes(ms: number): string {
  const whole = Math.round(ms / 60_000);
  return whole === 1 ? '1 minute' : `${whole} minutes`;
}
