import type { AccountState } from '../contract/account-state.ts';
import type { MetricAttributes, MetricMeter, MetricObservation } from './meter.ts';

interface GaugeRow {
  readonly name: string;
  readonly unit: string;
  readonly description: string;
  /** Undefined where the account cannot tell: then nothing is reported rather than a zero. */
  readonly read: (state: AccountState) => number | undefined;
}

const GAUGES: readonly GaugeRow[] = [
  {
    name: 'renderq.slots.taken',
    unit: '{slot}',
    description: 'Job slots of the account that are held here.',
    read: ({ slots }) => slots.taken,
  },
  {
    name: 'renderq.slots.capacity',
    unit: '{slot}',
    description: 'Job slots of the plan, with the backlog that a queueing provider is given.',
    read: ({ slots }) => slots.capacity,
  },
  {
    name: 'renderq.slots.allowed',
    unit: '{slot}',
    description: 'Job slots that the account is believed to have room for; less than the capacity after a refusal.',
    read: ({ slots }) => slots.allowed,
  },
  {
    name: 'renderq.slots.foreign',
    unit: '{slot}',
    description: 'Running jobs of other programs, as the last list showed them.',
    read: ({ slots }) => slots.foreign,
  },
  {
    name: 'renderq.queue.waiting',
    unit: '{submit}',
    description: 'Submits that wait for their turn.',
    read: ({ queue }) => queue.waiting,
  },
  {
    name: 'renderq.queue.owners',
    unit: '{owner}',
    description: 'Owners whose submits wait; they take turns.',
    read: ({ queue }) => queue.owners,
  },
  {
    name: 'renderq.jobs.watched',
    unit: '{job}',
    description: 'Jobs that are looked at until they have ended.',
    read: ({ watched }) => watched.jobs,
  },
  {
    name: 'renderq.rate_limit.limit',
    unit: '{request}',
    description: 'Requests that the account has in a minute.',
    read: ({ window }) => window.requestsPerMinute,
  },
  {
    name: 'renderq.rate_limit.remaining',
    unit: '{request}',
    description: "Requests left in the provider's window, where it tells that.",
    read: ({ window }) => window.remaining,
  },
  {
    name: 'renderq.breaker.open',
    unit: '1',
    description: '1 while the provider counts as down, else 0.',
    read: ({ downUntil }) => (downUntil === undefined ? 0 : 1),
  },
];

/** Tells the account's standing whenever the meter is collected, from one snapshot each time. Gives what ends it. */
export function observeState<Gauge>(
  readState: () => AccountState,
  meter: MetricMeter<Gauge>,
  attributes: MetricAttributes,
): () => void {
  const rows = GAUGES.map(({ name, unit, description, read }) => ({
    gauge: meter.createObservableGauge(name, { unit, description }),
    read,
  }));
  const gauges = rows.map(({ gauge }) => gauge);
  const tell = (observation: MetricObservation<Gauge>): void => {
    const state = readState();
    for (const { gauge, read } of rows) {
      const value = read(state);
      if (value !== undefined) observation.observe(gauge, value, attributes);
    }
  };
  meter.addBatchObservableCallback(tell, gauges);
  return () => meter.removeBatchObservableCallback(tell, gauges);
}
