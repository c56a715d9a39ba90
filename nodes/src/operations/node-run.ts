import { type RenderClient, RenderError } from '@renderq/core';
import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { type AccountSettings, readAccountSettings, type Vendor } from '../host/account-settings.ts';
import { toErrorRecord } from '../items/error-record.ts';
import type { ItemOutcome } from '../items/item-outcome.ts';
import { cancelOnStop, type StopGuard } from './cancel-on-stop.ts';

/** One execution of a node over all of its items. */
export interface NodeRun<Client extends RenderClient = RenderClient> {
  readonly ctx: IExecuteFunctions;
  readonly vendor: Vendor;
  readonly client: Client;
  readonly settings: AccountSettings;
  readonly items: readonly INodeExecutionData[];
  /** Whether an agent calls the node as its tool: all on output 0, short, and nothing that outlives the call. */
  readonly isTool: boolean;
  /** Whether the workflow ends with the first failure: nothing more is then sent. */
  readonly stopsAtFailure: boolean;
  /** Whose submits these are in the account's line: executions take turns. */
  readonly owner: string;
  /** Aborts when the execution is stopped. */
  readonly signal: AbortSignal | undefined;
  readonly stopGuard: StopGuard;
  /** The user's own idempotency keys, each with the fingerprint of the request that it was first used for. */
  readonly ownKeys: Map<string, string>;
}

/** One item of a run. */
export interface ItemCall<Client extends RenderClient = RenderClient> extends NodeRun<Client> {
  readonly index: number;
  /** Aborts when the execution is stopped, and when the run is given up before anything of this item was sent. */
  readonly signal: AbortSignal;
  /**
   * To be called just before something is sent that makes a job: until it is answered, nothing breaks it off, because
   * nobody could tell what came of it. Throws where the item is not to be sent any more.
   */
  onSend(): void;
  /** What was sent made no job, and waits to be sent again. */
  onHeld(): void;
  /** What was sent made a job: the item is no longer given up for another one. */
  onAccepted(): void;
}

/** What one item becomes. Whatever it throws is that item's typed error. */
export type ItemOperation<Client extends RenderClient = RenderClient> = (
  call: ItemCall<Client>,
) => Promise<ItemOutcome>;

/** What all items become together, one outcome each. */
export type RunOperation<Client extends RenderClient = RenderClient> = (
  run: NodeRun<Client>,
) => Promise<readonly ItemOutcome[]>;

/** @throws {RenderError} as opening the account does. */
export async function openRun<Client extends RenderClient>(
  ctx: IExecuteFunctions,
  vendor: Vendor,
  open: (settings: AccountSettings, ctx: IExecuteFunctions) => Client,
  how: { readonly isBranching: boolean },
): Promise<NodeRun<Client>> {
  const settings = await readAccountSettings(ctx, vendor);
  const client = open(settings, ctx);
  const isTool = isToolNode(ctx);
  return {
    ctx,
    vendor,
    client,
    settings,
    items: ctx.getInputData(),
    isTool,
    stopsAtFailure: !isTool && !how.isBranching && !ctx.continueOnFail(),
    owner: `n8n ${ctx.getExecutionId()}`,
    signal: ctx.getExecutionCancelSignal?.(),
    stopGuard: cancelOnStop(ctx, client),
    ownKeys: new Map(),
  };
}

/** n8n makes a second node type of every node that may be a tool; nothing else tells the two apart on every version. */
export function isToolNode(ctx: Pick<IExecuteFunctions, 'getNode'>): boolean {
  return ctx.getNode().type.endsWith('Tool');
}

/** Says to the items that wait that the run has been given up. */
const GIVEN_UP = new RenderError({
  code: 'CANCELLED',
  message: 'Another item failed before this one was sent, and the node is set to stop the workflow.',
  remedy: 'Correct the item that failed, or set On Error to continue, and run the node again.',
});

/** Runs an operation for all items side by side, at most `concurrency` at a time; the account's limits are core's. */
export async function runItems<Client extends RenderClient>(
  run: NodeRun<Client>,
  operation: ItemOperation<Client>,
  concurrency = Number.POSITIVE_INFINITY,
): Promise<readonly ItemOutcome[]> {
  const outcomes: ItemOutcome[] = [];
  const givenUp = new AbortController();
  const rest = run.items.keys();

  async function work(): Promise<void> {
    for (const index of rest) {
      const outcome = await runItem(run, operation, index, givenUp.signal);
      outcomes[index] = outcome;
      if (run.stopsAtFailure && 'error' in outcome) givenUp.abort(GIVEN_UP);
    }
  }

  await Promise.all(Array.from({ length: Math.min(concurrency, run.items.length) }, work));
  return outcomes;
}

async function runItem<Client extends RenderClient>(
  run: NodeRun<Client>,
  operation: ItemOperation<Client>,
  index: number,
  givenUp: AbortSignal,
): Promise<ItemOutcome> {
  const own = new AbortController();
  let phase: 'open' | 'sending' | 'accepted' = 'open';
  const heed = () => {
    if (phase === 'sending') return;
    if (run.signal?.aborted) own.abort(run.signal.reason);
    if (givenUp.aborted && phase === 'open') own.abort(givenUp.reason);
  };
  const enter = (next: typeof phase) => {
    phase = next;
    heed();
  };
  run.signal?.addEventListener('abort', heed);
  givenUp.addEventListener('abort', heed);
  const checkWanted = () => {
    if (run.signal?.aborted) throw stopped();
    if (givenUp.aborted) throw GIVEN_UP;
  };
  try {
    checkWanted();
    return await operation({
      ...run,
      index,
      signal: own.signal,
      onSend() {
        checkWanted();
        enter('sending');
      },
      onHeld: () => enter('open'),
      onAccepted: () => enter('accepted'),
    });
  } catch (error) {
    const record = toErrorRecord(error, run.vendor);
    if (record.code !== 'CANCELLED' || !givenUp.aborted || run.signal?.aborted) return { index, error: record };
    return {
      index,
      error: toErrorRecord(GIVEN_UP.with(record.jobId === undefined ? {} : { jobId: record.jobId }), run.vendor),
      isGivenUp: true,
    };
  } finally {
    run.signal?.removeEventListener('abort', heed);
    givenUp.removeEventListener('abort', heed);
  }
}

function stopped(): RenderError {
  return new RenderError({ code: 'CANCELLED', message: 'The execution was stopped before this item was sent.' });
}
