import { type JobSnapshot, RenderError } from '@renderq/core';
import { createDispatcher } from '../dispatcher.ts';
import type { Dispatcher, DispatcherOptions, SubmitInput } from '../dispatcher-contract.ts';
import type { Job } from '../job.ts';
import { createMemoryStore } from '../memory-store.ts';
import { type accept, createFakeClient, type FakeClient } from './fake-client.ts';
import { createVirtualClock, type VirtualClock } from './virtual-clock.ts';

export interface DispatcherBench {
  readonly fake: FakeClient;
  readonly clock: VirtualClock;
  /** What nobody was waiting for. */
  readonly faults: unknown[];
  readonly dispatcher: Dispatcher;
  /** Starts a new dispatcher, with an empty store, on the same account and clock. */
  reopen(options?: Partial<DispatcherOptions>): void;
  /** Submits another request each time, but always the same one under a key. */
  submit(input?: Partial<SubmitInput>): Promise<Job>;
}

/** A dispatcher on one fake account and a clock that stands still. */
export function createBench(keyed = true): DispatcherBench {
  const fake = createFakeClient(keyed);
  const clock = createVirtualClock();
  const faults: unknown[] = [];
  const open = (options?: Partial<DispatcherOptions>): Dispatcher =>
    createDispatcher({
      accounts: async () => ({ client: fake.client, id: 'fake-account' }),
      store: createMemoryStore(),
      clock,
      random: () => 1,
      onFault: (fault) => faults.push(fault),
      ...options,
    });
  let dispatcher = open();
  let made = 0;
  return {
    fake,
    clock,
    faults,
    get dispatcher() {
      return dispatcher;
    },
    reopen(options) {
      dispatcher = open(options);
    },
    submit(input) {
      if (input?.idempotencyKey === undefined) made += 1;
      const request = { scenes: [{ duration: input?.idempotencyKey === undefined ? made : 0 }] };
      return dispatcher.submit({ provider: 'fake', request, ...input });
    },
  };
}

/** The provider's answer to a submit. */
export const ACCEPTED: JobSnapshot = { provider: 'fake', id: 'remote-1', state: 'queued', providerState: 'waiting' };

/** A refusal by the rate limit. */
export const RATE_LIMITED = new RenderError({
  code: 'RATE_LIMITED',
  message: 'slow down',
  provider: 'fake',
  providerCode: 'RATE_LIMIT_EXCEEDED',
  retryAfterMs: 6000,
}).record;

/** The code and field that a call was refused with. */
export async function codeOf(call: Promise<unknown>): Promise<unknown> {
  const fault = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!RenderError.isInstance(fault)) throw new Error('expected a RenderError');
  return { code: fault.code, field: fault.record.field };
}

type Options = Parameters<typeof accept>[1];

/** Holds the next submit on the wire until the test answers it. */
export function holdOnWire(fake: FakeClient): { answer(result: JobSnapshot): void; options(): Options } {
  const held = Promise.withResolvers<JobSnapshot>();
  let seen: Options | undefined;
  fake.onSubmit = (_id, options) => {
    seen = options;
    options.onSend?.();
    options.signal?.addEventListener('abort', () => held.reject(options.signal?.reason), { once: true });
    return held.promise;
  };
  return {
    answer: held.resolve,
    options() {
      if (!seen) throw new Error('nothing was submitted');
      return seen;
    },
  };
}
