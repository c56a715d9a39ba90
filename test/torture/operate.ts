import type { core } from './built-core.ts';
import { JOB_ID, type Operation, type Provider, REQUESTS } from './vendor.ts';

type RenderClient = ReturnType<typeof core.createNodeClient>;

/** Milliseconds that a call may spend on the account's limits, and a wait on the job. */
export interface Patience {
  readonly maxQueueMs: number;
  readonly waitMs: number;
}

/** Makes the one call of the client that the operation stands for. */
export function operate(
  client: RenderClient,
  provider: Provider,
  operation: Operation,
  { maxQueueMs, waitMs }: Patience,
): Promise<unknown> {
  const options = { maxQueueMs };
  switch (operation) {
    case 'submit':
      return client.submit(REQUESTS[provider], options);
    case 'get':
      return client.get(JOB_ID, options);
    case 'list':
      return client.list(options);
    case 'cancel':
      return client.cancel(JOB_ID, options);
    case 'fetchSchema':
      return client.fetchSchema(REQUESTS[provider], options);
    case 'wait':
      return client.wait(JOB_ID, { timeoutMs: waitMs });
  }
}
