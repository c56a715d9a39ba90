import type { IDataObject } from 'n8n-workflow';

/**
 * Plain data that n8n and the nodes behind may change as they like: what core gives is frozen and shared. Fields without
 * a value are left out, as JSON would.
 */
export function toData(value: object): IDataObject {
  return JSON.parse(JSON.stringify(value)) as IDataObject;
}
