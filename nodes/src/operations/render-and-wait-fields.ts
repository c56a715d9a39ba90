import type { IDisplayOptions, INodeProperties } from 'n8n-workflow';
import { badParameter } from '../items/error-record.ts';
import { asObject, type ParameterSource, readParameter } from './parameters.ts';

/** Seconds in process before the execution is parked. */
const DEFAULT_IN_PROCESS_SECONDS = 45;
/** Minutes until a wait is given up. */
const DEFAULT_MAX_WAIT_MINUTES = 60;

/** The parameters of Render and Wait that concern the waiting. */
export function renderAndWaitFields(resource: string): INodeProperties[] {
  const displayOptions: IDisplayOptions = { show: { resource: [resource], operation: ['renderAndWait'] } };
  return [
    {
      displayName: 'Max Wait (Minutes)',
      name: 'maxWaitMinutes',
      type: 'number',
      typeOptions: { minValue: 1 },
      default: DEFAULT_MAX_WAIT_MINUTES,
      displayOptions,
      description:
        'How long to wait for the jobs once they are submitted. A job that takes longer leaves as WAIT_TIMEOUT with its job ID and goes on; the operation Get finds it.',
    },
    {
      displayName: 'Wait Options',
      name: 'waitOptions',
      type: 'collection',
      placeholder: 'Add option',
      default: {},
      displayOptions,
      options: [
        {
          displayName: 'Wait by Callback Even on a Local Address',
          name: 'evenOnLocalAddress',
          type: 'boolean',
          default: false,
          description:
            'Whether to let the execution sleep although the address of this n8n looks local. Switch it on where a tunnel or a gateway delivers the callbacks.',
        },
        {
          displayName: 'Wait in Process (Seconds)',
          name: 'inProcessSeconds',
          type: 'number',
          typeOptions: { minValue: 0, maxValue: 600 },
          default: DEFAULT_IN_PROCESS_SECONDS,
          description:
            'How long to wait before the execution is put to sleep. Short jobs are done by then; n8n needs up to a minute to wake an execution by its clock.',
        },
      ],
    },
  ];
}

/** How long a run waits, and whether it may sleep. */
export interface Waits {
  readonly budgetMs: number;
  readonly maxWaitMs: number;
  readonly evenOnLocalAddress: boolean;
}

/**
 * Of all items together, as the first one says: one execution sleeps until one time.
 * @throws {RenderError} INVALID_REQUEST with the parameter's name as `field`.
 */
export function readWaits(ctx: ParameterSource): Waits {
  const options = asObject(readParameter(ctx, 'waitOptions', 0, {})) ?? {};
  const minutes = readParameter(ctx, 'maxWaitMinutes', 0, DEFAULT_MAX_WAIT_MINUTES);
  const seconds = options.inProcessSeconds ?? DEFAULT_IN_PROCESS_SECONDS;
  return {
    maxWaitMs: checked('maxWaitMinutes', 'Max Wait (Minutes)', minutes) * 60_000,
    budgetMs: checked('inProcessSeconds', 'Wait in Process (Seconds)', seconds) * 1000,
    evenOnLocalAddress: options.evenOnLocalAddress === true,
  };
}

function checked(field: string, label: string, value: unknown): number {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof number === 'number' && Number.isFinite(number) && number >= 0) return number;
  throw badParameter(field, `"${label}" must be a number of 0 or more.`, `Correct "${label}", or its expression.`);
}
