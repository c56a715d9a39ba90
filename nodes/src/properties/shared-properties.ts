import type { INodeProperties } from 'n8n-workflow';

/** Which job an operation is about. */
export const JOB_ID: INodeProperties = {
  displayName: 'Job ID',
  name: 'jobId',
  type: 'string',
  default: '={{ $json.jobId }}',
  required: true,
  description: 'The <code>jobId</code> that a submit gave',
};

export const SIMPLIFY: INodeProperties = {
  displayName: 'Simplify',
  name: 'simplify',
  type: 'boolean',
  default: true,
  description: 'Whether to return a simplified version of the response instead of the raw data',
};

export const RETURN_ALL: INodeProperties = {
  displayName: 'Return All',
  name: 'returnAll',
  type: 'boolean',
  default: false,
  description: 'Whether to return all results or only up to a given limit',
};

export const LIMIT: INodeProperties = {
  displayName: 'Limit',
  name: 'limit',
  type: 'number',
  typeOptions: { minValue: 1 },
  default: 50,
  description: 'Max number of results to return',
  displayOptions: { show: { returnAll: [false] } },
};

/** Where a download puts its file. */
export const OUTPUT_FIELD: INodeProperties = {
  displayName: 'Put Output File in Field',
  name: 'binaryPropertyName',
  type: 'string',
  default: 'data',
  required: true,
  hint: 'The name of the output binary field to put the file in',
};

/** An option of every download. */
export const FILE_NAME: INodeProperties = {
  displayName: 'File Name',
  name: 'fileName',
  type: 'string',
  default: '',
  description: 'The name that the file gets in n8n',
};

/** Options of every operation that submits. The first two are for vendors that have the thing. */
export const SUBMIT_OPTIONS = {
  cancelOnStop: {
    displayName: 'Cancel Remote Job on Stop',
    name: 'cancelOnStop',
    type: 'boolean',
    default: false,
    description: 'Whether jobs that were submitted are cancelled when the execution is stopped while the node runs',
  },
  idempotencyKey: {
    displayName: 'Idempotency Key',
    name: 'idempotencyKey',
    type: 'string',
    typeOptions: { password: false },
    default: '',
    description:
      'Your own name for this piece of work, another one for each item: the same key never renders twice. By default it is made of the execution, the node, the item and the request.',
  },
  checkFirst: {
    displayName: 'Check Before Submit',
    name: 'checkFirst',
    type: 'boolean',
    default: true,
    description: 'Whether the request is held against the schema that the provider serves before it is sent',
  },
  maxQueueMinutes: {
    displayName: 'Max Queue Time (Minutes)',
    name: 'maxQueueMinutes',
    type: 'number',
    typeOptions: { minValue: 0 },
    default: 1440,
    description: 'How long an item waits for a free place inside the limits of the account before it fails',
  },
} as const satisfies Readonly<Record<string, INodeProperties>>;

/** The field Options with what an operation has of them, in the order of their names. */
export function optionsField(options: readonly INodeProperties[]): INodeProperties {
  return {
    displayName: 'Options',
    name: 'options',
    type: 'collection',
    placeholder: 'Add option',
    default: {},
    options: [...options].sort((a, b) => (a.displayName < b.displayName ? -1 : 1)),
  };
}
