import { createNodeClient, systemClock } from '@renderq/core/node';
import { type AccountHandle, accountName, createDispatcher, createSqliteStore } from '@renderq/dispatcher';
import type { Limits } from './vendor.ts';

/** A process that works jobs as any host does, and does what it is told over its channel. */

export interface WorkerSettings {
  readonly home: string;
  readonly vendorUrl: string;
  readonly limits: Limits;
  readonly maxBytes?: number;
  /** Milliseconds until an attempt must have been answered. */
  readonly timeoutMs?: number;
}

export interface Call {
  readonly id: number;
  readonly method: string;
  readonly given: readonly unknown[];
}

const settings = JSON.parse(process.env.CHAOS_SETTINGS ?? '{}') as WorkerSettings;
const handles = new Map<string, AccountHandle>();

function handleOf(provider: string): AccountHandle {
  const known = handles.get(provider);
  if (known) return known;
  const account = { provider, apiKey: `key-of-${provider}`, baseUrl: `${settings.vendorUrl}/${provider}` };
  const client = createNodeClient({
    ...account,
    limits: settings.limits,
    ...(settings.timeoutMs === undefined ? {} : { timeoutMs: settings.timeoutMs }),
  });
  const handle = { client, id: accountName(account) };
  handles.set(provider, handle);
  return handle;
}

const damages: string[] = [];
const faults: string[] = [];
const dispatcher = createDispatcher({
  accounts: async (provider) => handleOf(provider),
  store: createSqliteStore({
    folder: settings.home,
    ...(settings.maxBytes === undefined ? {} : { maxBytes: settings.maxBytes }),
    onDamage: (fault) => damages.push(fault.message),
  }),
  clock: systemClock,
  onFault: (fault) => faults.push(String(fault)),
});

const methods: Readonly<Record<string, (...given: never[]) => unknown>> = {
  submit: dispatcher.submit,
  get: dispatcher.get,
  waitFor: (id: string, ms: number) => dispatcher.waitFor(id, { untilMs: Date.now() + ms }),
  list: dispatcher.list,
  cancel: dispatcher.cancel,
  settle: dispatcher.settle,
  close: dispatcher.close,
  damages: () => damages,
  faults: () => faults,
  memory: () => process.memoryUsage().rss,
};

process.on('message', async ({ id, method, given }: Call) => {
  try {
    const result = await methods[method]?.(...(given as never[]));
    process.send?.({ id, result });
  } catch (fault) {
    const record = fault instanceof Error && 'record' in fault ? fault.record : { message: String(fault) };
    process.send?.({ id, error: record });
  }
});
process.on('disconnect', () => process.exit(0));
process.send?.({ id: 0, result: 'ready' });
