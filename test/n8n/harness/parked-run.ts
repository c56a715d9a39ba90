import { expect } from 'vitest';
import type { Execution } from './execution.ts';
import type { N8nClient } from './n8n-client.ts';
import { flowOf, REQUESTS, renderNode } from './render-nodes.ts';
import type { Provider } from './stage.ts';
import type { VendorJob, VendorStandIn } from './vendor-stand-in.ts';
import type { OnError } from './workflow.ts';

export interface ParkedRunSpec {
  readonly n8n: N8nClient;
  readonly vendor: VendorStandIn;
  readonly provider: Provider;
  readonly apiKey: string;
  readonly credentials: Readonly<Record<string, string>>;
  /** How many items go in. */
  readonly count?: number;
  readonly onError?: OnError;
  /** n8n's setting: the node is given the first item alone. */
  readonly executeOnce?: boolean;
  /** Default: no wait in process, sleep for five minutes at most. */
  readonly inProcessSeconds?: number;
  readonly maxWaitMinutes?: number;
}

export interface ParkedRun {
  readonly executionId: string;
  /** Their jobs, in the order of the items. */
  readonly jobs: readonly VendorJob[];
  state(): Promise<string>;
  /** What came of it, once it has gone on. */
  end(timeoutMs?: number): Promise<Execution>;
}

/** The name of the node that waits; its outputs lead to `Wait 0` and `Wait 1`. */
export const WAITER = 'Wait';

/** Starts Render and Wait over some items with the stand-in behind it, and gives the jobs once they are submitted. */
export async function startWaiting(spec: ParkedRunSpec): Promise<ParkedRun> {
  const { n8n, vendor, provider, apiKey, count = 1, inProcessSeconds = 0, maxWaitMinutes = 5 } = spec;
  const before = vendor.jobs(apiKey).length;
  const request = '={{ JSON.stringify($json.request) }}';
  const node = renderNode({
    name: WAITER,
    provider,
    action: provider === 'rendobar' ? 'job.renderAndWait' : 'render.renderAndWait',
    credentials: spec.credentials,
    parameters: {
      ...(provider === 'rendobar' ? { requestMode: 'json', requestJson: request } : { movie: request }),
      maxWaitMinutes,
      waitOptions: { inProcessSeconds },
    },
    ...(spec.onError === undefined ? {} : { onError: spec.onError }),
    ...(spec.executeOnce === true ? { extra: { executeOnce: true } } : {}),
  });
  const items = Array.from({ length: count }, (_, row) => ({ json: { row, request: labelled(provider, row) } }));
  const executionId = await n8n.start(await n8n.createWorkflow(flowOf(node, items, 2)));
  await expect
    .poll(() => vendor.jobs(apiKey).length - before, { timeout: 15_000, message: 'jobs submitted' })
    .toBe(spec.executeOnce === true ? 1 : count);
  const rowOf = ({ request }: VendorJob) => Number(/film-(\d+)/.exec(JSON.stringify(request))?.[1]);
  return {
    executionId,
    jobs: vendor
      .jobs(apiKey)
      .slice(before)
      .sort((a, b) => rowOf(a) - rowOf(b)),
    state: async () => (await n8n.execution(executionId)).status,
    end: (timeoutMs) => n8n.waitFor(executionId, undefined, timeoutMs),
  };
}

/** A request in which the row can be found again, at a place that its vendor takes. */
function labelled(provider: Provider, row: number): object {
  if (provider === 'phantomflow') return { ...REQUESTS.phantomflow, label: `film-${row}` };
  const { type, params } = REQUESTS.rendobar;
  return { type, params: { command: params.command.replace('out.mp4', `-metadata title=film-${row} out.mp4`) } };
}

/** The same, and waits until the execution sleeps. */
export async function startParked(spec: ParkedRunSpec): Promise<ParkedRun> {
  const run = await startWaiting(spec);
  await spec.n8n.waitFor(run.executionId, ['waiting'], 20_000);
  return run;
}
