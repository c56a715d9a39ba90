import type { AccountState } from '../contract/account-state.ts';
import { definedFields } from '../decode/defined-fields.ts';
import type { JobWatcher } from '../poll/watcher.ts';
import type { Clock } from '../ports/clock.ts';
import type { Breaker } from '../retry/breaker.ts';
import type { Endpoint } from '../transport/exchange.ts';
import type { JobSlots } from './job-slots.ts';
import type { RateGate } from './rate-gate.ts';
import type { QueuedSubmit, SubmitDesk } from './submit-desk.ts';

/** What an account is made of. */
interface Parts {
  readonly clock: Clock;
  readonly endpoint: Endpoint;
  readonly gate: RateGate;
  readonly slots: JobSlots;
  readonly desk: SubmitDesk<QueuedSubmit>;
  readonly watcher: JobWatcher;
  readonly breaker: Breaker;
}

/** Where the account stands at this moment. */
export function readAccountState({ clock, endpoint, gate, slots, desk, watcher, breaker }: Parts): AccountState {
  const now = clock.now();
  const future = (time: number) => (time > now && Number.isFinite(time) ? time : undefined);
  const window = gate.window();
  const hold = desk.hold();
  const { jobs, nextLookAt } = watcher.status();
  return {
    provider: endpoint.provider.id,
    baseUrl: endpoint.baseUrl,
    window: {
      requestsPerMinute: gate.limit(),
      ...definedFields({
        remaining: window?.remaining,
        resetsAt: window?.resetAt,
        closedUntil: future(gate.opensAt()),
      }),
    },
    slots: { ...slots.count(), jobs: slots.heldJobs() },
    queue: {
      waiting: desk.waiting,
      owners: desk.owners(),
      ...definedFields({
        heldBy: hold?.by,
        nextAttemptAt: hold === undefined ? undefined : future(hold.until),
        error: hold?.error?.record,
      }),
    },
    watched: { jobs, ...definedFields({ nextLookAt: nextLookAt === undefined ? undefined : future(nextLookAt) }) },
    ...definedFields({ downUntil: future(breaker.opensAt()) }),
  };
}
