import { type JobSnapshot, type RenderClient, RenderError } from '@renderq/core';
import type { IDataObject } from 'n8n-workflow';
import { hostClock } from '../host/open-account.ts';
import { toErrorRecord } from '../items/error-record.ts';
import type { ItemOutcome } from '../items/item-outcome.ts';
import { jobError } from '../items/job-item.ts';
import { toNodeError } from '../items/node-error.ts';
import { attachCallback, isCalledBack } from '../parking/attach-callback.ts';
import { type ParkedRun, parkExecution } from '../parking/park-execution.ts';
import { parkedJobs, timeoutError } from '../parking/parked-items.ts';
import { type CallbackPlan, planCallback } from '../parking/plan-callback.ts';
import { runRenders } from '../parking/run-renders.ts';
import { stopAtTimeout } from '../parking/stop-on-resume.ts';
import type { JobOutcome } from '../parking/wait-jobs.ts';
import { type NodeRun, type RunOperation, runItems } from './node-run.ts';
import type { ParameterSource } from './parameters.ts';
import { readWaits } from './render-and-wait-fields.ts';
import { addRunHints } from './render-and-wait-hints.ts';
import { submitJob } from './submit-job.ts';

/** Reads the request of one item. @throws {RenderError} INVALID_REQUEST with the parameter's name as `field`. */
type ReadRequest = (ctx: ParameterSource, index: number) => IDataObject;

/**
 * Submits the jobs of all items, waits for them for a while, and lets the execution sleep for the rest where the provider
 * can wake it. Gives one outcome for each item, or, parked, what the node shows meanwhile.
 */
export function renderAndWait<Client extends RenderClient>(read: ReadRequest): RunOperation<Client> {
  return async (run) => {
    const requests = run.items.map((_, index) => attempt(() => read(run.ctx, index)));
    const waits = readWaits(run.ctx);
    const submits = run.items.map(() => Promise.withResolvers<JobSnapshot>());
    const seen = run.items.map(() => Promise.withResolvers<JobOutcome>());
    const plan = planRun(run, requests, waits.evenOnLocalAddress);
    if (!run.isTool) addRunHints(run.ctx, plan);
    const end = await runRenders({
      client: run.client,
      clock: hostClock,
      plan,
      submitAll(callbackUrl) {
        const isSigned = run.settings.signingSecret !== undefined;
        const submitting = submitItems(run, submits, seen, (index) => {
          const request = knownRequest(requests[index]);
          return callbackUrl === undefined
            ? request
            : attachCallback(run.vendor, request, { url: callbackUrl, isSigned });
        });
        // Its own failures are outcomes; those that were never begun are told here.
        void submitting.then((outcomes) => rejectUnsent(outcomes, submits));
        return submits.map(({ promise }) => promise);
      },
      onOutcome(index, outcome) {
        if (outcome.kind === 'ended') run.stopGuard.remove(outcome.snapshot.id);
        seen[index]?.resolve(outcome);
      },
      budgetMs: Math.min(waits.budgetMs, waits.maxWaitMs),
      maxWaitMs: waits.maxWaitMs,
      isSimple: run.isTool,
      stopsAtFailure: run.stopsAtFailure,
      signal: run.signal,
    });
    return end.kind === 'done' ? end.outcomes : park(run, end, waits.maxWaitMs);
  };
}

function park(run: NodeRun, parked: ParkedRun, maxWaitMs: number): Promise<readonly ItemOutcome[]> {
  const [first] = parkedJobs(parked.stored);
  if (run.stopsAtFailure && first !== undefined) {
    const { record } = timeoutError(run.vendor, first.jobId, maxWaitMs);
    stopAtTimeout(run.ctx, toNodeError(run.ctx.getNode(), record, first.index));
  }
  return parkExecution(run.ctx, parked);
}

/** Submits each item. Where a failure is to stop the workflow, an item is not over before its job is. */
function submitItems<Client extends RenderClient>(
  run: NodeRun<Client>,
  submits: readonly PromiseWithResolvers<JobSnapshot>[],
  seen: readonly PromiseWithResolvers<JobOutcome>[],
  requestOf: (index: number) => object,
): Promise<readonly ItemOutcome[]> {
  return runItems(run, async (call) => {
    const { index } = call;
    try {
      submits[index]?.resolve(await submitJob(call, requestOf(index)));
    } catch (thrown) {
      // What n8n itself threw about a parameter is told as such.
      const error = toErrorRecord(thrown, run.vendor);
      submits[index]?.reject(new RenderError(error));
      return { index, error };
    }
    const outcome = run.stopsAtFailure ? await seen[index]?.promise : undefined;
    if (outcome?.kind === 'failed') return { index, error: outcome.error.toJSON() };
    const failure = outcome?.kind === 'ended' ? jobError(outcome.snapshot) : undefined;
    return failure === undefined ? { index, made: [] } : { index, error: failure };
  });
}

function rejectUnsent(outcomes: readonly ItemOutcome[], submits: readonly PromiseWithResolvers<JobSnapshot>[]): void {
  for (const outcome of outcomes) {
    if ('error' in outcome) submits[outcome.index]?.reject(new RenderError(outcome.error));
  }
}

function planRun<Client extends RenderClient>(
  { ctx, client, settings, isTool, vendor }: NodeRun<Client>,
  requests: readonly Attempt[],
  evenOnLocalAddress: boolean,
): CallbackPlan {
  const branching = isTool ? 'off' : ctx.getNodeParameter('branching', 0, 'off');
  const known = requests.flatMap((request) => ('value' in request ? [request.value] : []));
  return planCallback({
    resumeUrl: resumeUrlOf(ctx),
    apiUrl: settings.baseUrl ?? client.provider.defaultBaseUrl,
    needsHttps: vendor === 'rendobar',
    evenOnLocalAddress,
    canPark: typeof ctx.putExecutionToWait === 'function',
    isTool,
    branchesOnOutcome: branching !== 'off',
    hasOwnReceiver: known.some((request) => client.provider.announces(request)),
    isCalledBack: known.every((request) => isCalledBack(vendor, request)),
  });
}

/** n8n knows the address once the execution has been saved. */
function resumeUrlOf(ctx: NodeRun['ctx']): unknown {
  try {
    return ctx.evaluateExpression('{{ $execution.resumeUrl }}', 0);
  } catch {
    return undefined;
  }
}

type Attempt = { readonly value: IDataObject } | { readonly error: unknown };

function attempt(read: () => IDataObject): Attempt {
  try {
    return { value: read() };
  } catch (error) {
    return { error };
  }
}

function knownRequest(attempted: Attempt | undefined): IDataObject {
  if (attempted !== undefined && 'value' in attempted) return attempted.value;
  throw attempted?.error;
}
