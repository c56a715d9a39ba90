import type { INodeExecutionData } from 'n8n-workflow';
import { executeNode } from '../operations/execute-node.ts';
import { PHANTOMFLOW_ACTIONS } from '../operations/phantomflow/phantomflow-actions.ts';
import { RENDOBAR_ACTIONS } from '../operations/rendobar/rendobar-actions.ts';
import { createFakeExecution, type FakeExecutionOptions } from './fake-execution.ts';
import { createFakeHost, type FakeAnswer, type SeenRequest } from './fake-host.ts';

let accounts = 0;

/** A run of a node for an account of its own, over a server that answers by path. */
export function openNode(
  vendor: 'rendobar' | 'phantomflow',
  answer: (request: SeenRequest, at: number) => FakeAnswer | Promise<FakeAnswer>,
  { credentials, ...options }: FakeExecutionOptions = {},
) {
  accounts += 1;
  const host = createFakeHost((request, at) => {
    // No schema is served: the bundled one holds.
    if (request.path.endsWith('/schema')) return { status: 404, body: { error: { code: 'NOT_FOUND', message: 'no' } } };
    return answer(request, at);
  });
  const account = {
    apiKey: `key_of_a_test_${accounts}`,
    plan: 'custom',
    requestsPerMinute: 60_000,
    concurrentJobs: 1000,
  };
  const execution = createFakeExecution({
    type: `n8n-nodes-renderq.${vendor}`,
    executionId: `exec-of-a-test-${accounts}`,
    onError: 'continueErrorOutput',
    ...options,
    credentials: { ...account, ...credentials },
    request: host.request,
  });
  const run = () =>
    vendor === 'rendobar'
      ? executeNode(execution.ctx, RENDOBAR_ACTIONS)
      : executeNode(execution.ctx, PHANTOMFLOW_ACTIONS);
  return { ...execution, host, run };
}

/** The data of items. */
export const jsons = (items: readonly INodeExecutionData[] | undefined) => (items ?? []).map(({ json }) => json);
/** The calls that change something. */
export const posts = ({ seen }: { readonly seen: readonly SeenRequest[] }) =>
  seen.filter(({ method }) => method === 'POST');
