import type { INodeProperties } from 'n8n-workflow';

/** Shows properties for some operations of a resource only. A condition that a property has already stays. */
export function showFor(
  resource: string,
  operations: readonly string[],
  properties: readonly INodeProperties[],
): INodeProperties[] {
  return properties.map((property) => ({
    ...property,
    displayOptions: {
      ...property.displayOptions,
      show: { ...property.displayOptions?.show, resource: [resource], operation: [...operations] },
    },
  }));
}
