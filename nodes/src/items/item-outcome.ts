import type { ErrorRecord } from '@renderq/core';
import type { IBinaryKeyData, IDataObject } from 'n8n-workflow';

/** One item that an operation makes, before it is tied to the input item that it came from. */
export interface MadeItem {
  readonly json: IDataObject;
  readonly binary?: IBinaryKeyData;
}

/** What came of one input item. */
export type ItemOutcome =
  | {
      readonly index: number;
      readonly made: readonly MadeItem[];
      /** Of a job that was looked at: why it failed. The look succeeded, but Branch on Outcome goes by the job. */
      readonly jobError?: ErrorRecord;
    }
  | {
      readonly index: number;
      readonly error: ErrorRecord;
      /** It was not tried, or not to the end, because another item failed and the workflow is to stop. */
      readonly isGivenUp?: boolean;
    };
