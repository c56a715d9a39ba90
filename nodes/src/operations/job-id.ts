import type { Vendor } from '../host/account-settings.ts';
import { badParameter } from '../items/error-record.ts';
import { type ParameterSource, readText } from './parameters.ts';

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** How the ids of the vendors look (Rendobar: `job_`, PhantomFlow: a UUID), and whose an id of that look is. */
const LOOKS: Readonly<Record<Vendor, { readonly other: string; readonly isOthers: (id: string) => boolean }>> = {
  rendobar: { other: 'PhantomFlow', isOthers: (id) => UUID.test(id) },
  phantomflow: { other: 'Rendobar', isOthers: (id) => /^job_/.test(id) },
};

/**
 * The job id of a node's parameter.
 * @throws {RenderError} INVALID_REQUEST with field `jobId` where it is blank or looks like one of the other vendor.
 */
export function readJobId(ctx: ParameterSource, index: number, vendor: Vendor): string {
  const id = readText(ctx, 'jobId', index, 'Job ID');
  const { other, isOthers } = LOOKS[vendor];
  if (!isOthers(id)) return id;
  throw badParameter(
    'jobId',
    `The job id looks like one of ${other}.`,
    `Use the ${other} node for this job, or check the expression of "Job ID".`,
  );
}
