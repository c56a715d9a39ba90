import type { RendobarClient } from '@renderq/core';
import { toData } from '../../items/to-data.ts';
import type { ItemOperation } from '../node-run.ts';
import { readParameter } from '../parameters.ts';

/** Balance, plan and limits; in short without the subscription's small print. */
export const getAccount: ItemOperation<RendobarClient> = async ({ ctx, client, index, signal, isTool }) => {
  const billing = await client.account.billing({ signal });
  const isSimple = isTool || readParameter(ctx, 'simplify', index, true) === true;
  const { balance, plan, limits, isPro, currentPeriodSpend, jobCount } = billing;
  const json = isSimple ? { balance, plan, limits, isPro, currentPeriodSpend, jobCount } : billing;
  return { index, made: [{ json: toData({ provider: 'rendobar', ...json }) }] };
};
