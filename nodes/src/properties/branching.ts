import { ERROR_CODES, type ErrorCategory, listErrorRows, RENDER_ERROR_CODES } from '@renderq/core';
import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';

/** Who can do something about an error, as renderq sorts them. */
const CATEGORIES: Readonly<Record<ErrorCategory, string>> = {
  account: 'Key, permission, credits or plan',
  capacity: 'Rate limit, concurrency limit or a full queue',
  provider: 'The provider failed',
  render: 'The job itself failed or ran too long',
  renderq: 'The wait timed out, or the job was cancelled',
  request: 'The request, its sources or an id is wrong',
  transport: 'The provider could not be reached, or its answer could not be read',
};

const byName = (a: INodePropertyOptions, b: INodePropertyOptions) => (a.name < b.name ? -1 : 1);

/** Branch on Outcome: which outputs the node has. */
export function branchingProperties(vendor: string): INodeProperties[] {
  return [
    {
      displayName: 'Branch on Outcome',
      name: 'branching',
      type: 'options',
      noDataExpression: true,
      default: 'off',
      description: 'Whether failed items leave the node on outputs of their own instead of stopping the workflow',
      options: [
        { name: 'By Category', value: 'category', description: 'One output for each kind of failure that you pick' },
        { name: 'By Code', value: 'code', description: 'One output for each error code that you pick' },
        { name: 'Off', value: 'off', description: 'One output; On Error in the settings decides about failures' },
      ],
    },
    {
      displayName: 'Categories',
      name: 'branchCategories',
      type: 'multiOptions',
      noDataExpression: true,
      default: ['account', 'capacity', 'render', 'request'],
      description: 'Each gets an output; all other failures go to Other',
      displayOptions: { show: { branching: ['category'] } },
      options: Object.entries(CATEGORIES)
        .map(([value, description]) => ({ name: value.charAt(0).toUpperCase() + value.slice(1), value, description }))
        .sort(byName),
    },
    {
      displayName: 'Codes',
      name: 'branchCodes',
      type: 'multiOptions',
      noDataExpression: true,
      default: ['INSUFFICIENT_CREDITS', 'RENDER_FAILED'],
      description:
        'Each gets an output, by the code of the provider or by that of renderq; all other failures go to Other',
      displayOptions: { show: { branching: ['code'] } },
      options: codeOptions(vendor),
    },
  ];
}

/** The provider's own codes and renderq's; where both have one of the same name, it stands for both. */
function codeOptions(vendor: string): INodePropertyOptions[] {
  const options = new Map<string, INodePropertyOptions>();
  for (const code of RENDER_ERROR_CODES) {
    options.set(code, { name: code, value: code, description: `Category: ${ERROR_CODES[code].category}` });
  }
  for (const { provider, providerCode, meaning } of listErrorRows()) {
    if (provider === vendor)
      options.set(providerCode, { name: providerCode, value: providerCode, description: meaning });
  }
  return [...options.values()].sort(byName);
}
