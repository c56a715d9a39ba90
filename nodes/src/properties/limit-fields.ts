import type { AccountLimits } from '@renderq/core';
import type { INodeProperties } from 'n8n-workflow';

/**
 * The fields of a credential that state the limits of an agreed plan, and how many processes share the account.
 * @param plan The option of the field Plan for limits that were agreed.
 * @param limits What these fields begin with.
 */
export const limitFields = (plan: string, limits: AccountLimits): INodeProperties[] => [
  {
    displayName: 'Jobs at a Time',
    name: 'concurrentJobs',
    type: 'number',
    typeOptions: { minValue: 1, numberPrecision: 0 },
    default: limits.concurrentJobs,
    displayOptions: { show: { plan: [plan] } },
    description: 'How many jobs the account may run at once',
  },
  {
    displayName: 'Requests per Minute',
    name: 'requestsPerMinute',
    type: 'number',
    typeOptions: { minValue: 1, numberPrecision: 0 },
    default: limits.requestsPerMinute,
    displayOptions: { show: { plan: [plan] } },
    description: 'How many API requests the account may make in a minute',
  },
  {
    displayName: 'Worker Processes',
    name: 'workerProcesses',
    type: 'number',
    typeOptions: { minValue: 1, numberPrecision: 0 },
    default: 1,
    description:
      'How many n8n processes use this account: 1, or in queue mode the workers and main, which reads jobs when a callback comes. Each keeps to its share of the limits.',
  },
];
