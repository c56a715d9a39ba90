import type { RenderClient } from '@renderq/core';
import type { IExecuteFunctions, INodeExecutionData, NodeExecutionHint } from 'n8n-workflow';
import type { AccountSettings, Vendor } from '../host/account-settings.ts';
import { badParameter, toErrorRecord } from '../items/error-record.ts';
import type { ItemOutcome } from '../items/item-outcome.ts';
import { createRouter, type OutcomeRouter } from '../items/outcome-outputs.ts';
import { type ItemOperation, isToolNode, type NodeRun, openRun, type RunOperation, runItems } from './node-run.ts';
import { readParameter } from './parameters.ts';
import { settleRun } from './settle-run.ts';

/** One operation of a node: for each item by itself, or for all together. */
export type Operation<Client extends RenderClient> =
  | { readonly item: ItemOperation<Client>; readonly concurrency?: number }
  | { readonly run: RunOperation<Client> };

/** What a node can do, by resource and operation: `job.create`. */
export interface NodeActions<Client extends RenderClient> {
  readonly vendor: Vendor;
  readonly open: (settings: AccountSettings, ctx: IExecuteFunctions) => Client;
  readonly operations: Readonly<Record<string, Operation<Client>>>;
}

/** n8n takes failed items from every output to its own Error output, after the node has sorted them. */
const TWO_WAYS: NodeExecutionHint = {
  message:
    'Branch on Outcome and the Error output are both on, and n8n gives all failed items to the Error output. For the branches, set On Error to "Stop Workflow": with them nothing stops it.',
  location: 'outputPane',
};

/**
 * Runs a node. Whatever happens to an item leaves as a typed item; nothing is thrown unless the workflow is to stop.
 * @throws {NodeApiError} for the first failure, where the workflow is to stop at it.
 */
export async function executeNode<Client extends RenderClient>(
  ctx: IExecuteFunctions,
  actions: NodeActions<Client>,
): Promise<INodeExecutionData[][]> {
  const router = readRouter(ctx);
  const stopsAtFailure = !isToolNode(ctx) && !router.isBranching && !ctx.continueOnFail();
  const outcomes = await runAll(ctx, actions, router).catch((error: unknown) => {
    const record = toErrorRecord(error, actions.vendor);
    return ctx.getInputData().map((_, index): ItemOutcome => ({ index, error: record }));
  });
  if (router.isBranching && ctx.getNode().onError === 'continueErrorOutput') ctx.addExecutionHints?.(TWO_WAYS);
  return settleRun(outcomes, { node: ctx.getNode(), router, stopsAtFailure });
}

async function runAll<Client extends RenderClient>(
  ctx: IExecuteFunctions,
  actions: NodeActions<Client>,
  { isBranching }: OutcomeRouter,
): Promise<readonly ItemOutcome[]> {
  const [resource, name] = ['resource', 'operation'].map((parameter) => String(readParameter(ctx, parameter, 0, '')));
  const key = `${resource}.${name}`;
  const operation = Object.hasOwn(actions.operations, key) ? actions.operations[key] : undefined;
  if (operation === undefined) {
    throw badParameter('operation', `There is no operation "${key}".`, 'Choose a resource and one of its operations.');
  }
  const run: NodeRun<Client> = await openRun(ctx, actions.vendor, actions.open, { isBranching });
  try {
    return await ('run' in operation ? operation.run(run) : runItems(run, operation.item, operation.concurrency));
  } finally {
    run.stopGuard.release();
  }
}

/** An agent sees output 0 alone. */
function readRouter(ctx: IExecuteFunctions): OutcomeRouter {
  if (isToolNode(ctx)) return createRouter({});
  return createRouter({
    branching: readParameter(ctx, 'branching', 0, 'off'),
    branchCategories: readParameter(ctx, 'branchCategories', 0, []),
    branchCodes: readParameter(ctx, 'branchCodes', 0, []),
  });
}
