import { type FieldRules, fields, options } from '../arguments/check-argument.ts';
import { CALLBACK, OBJECT } from '../arguments/rule.ts';
import type { AccountEvent } from '../contract/account-event.ts';
import type { RenderClient } from '../contract/client.ts';
import { TERMINAL_STATES } from '../contract/job.ts';
import type { ErrorRecord } from '../errors/error-record.ts';
import type { MetricAttributes, MetricMeter } from './meter.ts';
import { observeState } from './state-gauges.ts';

/** What metrics are read from: any client of the account. */
export type MeasuredClient = Pick<RenderClient, 'provider' | 'subscribe' | 'state'>;

export interface MetricsOptions {
  /**
   * Put on every measurement, for example to tell two accounts of one provider apart. Never a key, and nothing that takes
   * more than a few values.
   */
  readonly attributes?: MetricAttributes | undefined;
}

const clientArgument = fields('client', {
  needs: { provider: OBJECT, subscribe: CALLBACK, state: CALLBACK },
  remedy: 'Pass a client of the account.',
});

const METER_METHODS = [
  'createCounter',
  'createHistogram',
  'createObservableGauge',
  'addBatchObservableCallback',
  'removeBatchObservableCallback',
] as const satisfies readonly (keyof MetricMeter<unknown>)[];

const meterArgument = fields('meter', {
  needs: Object.fromEntries(METER_METHODS.map((name) => [name, CALLBACK])) satisfies FieldRules,
  remedy: "Pass metrics.getMeter('your-program') of @opentelemetry/api.",
});

const optionsArgument = options({ attributes: OBJECT });

/** Seconds. The boundaries that OpenTelemetry's conventions advise for `http.client.request.duration`, and the time-out. */
const REQUEST_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 30];
/** Seconds. A render takes from an instant to the half hour that a wait lasts, and longer. */
const JOB_SECONDS = [1, 2.5, 5, 10, 20, 30, 60, 120, 300, 600, 1_200, 1_800, 3_600, 7_200];
/** Jobs. A page of the list shows a hundred. */
const JOBS_PER_LOOK = [1, 2, 5, 10, 20, 50, 100];

/**
 * Records the decisions and the standing of a client's account as OpenTelemetry metrics, named `renderq.*`, until the
 * returned function is called. Clients of one account share its events: record one of them.
 *
 * Attributes are `renderq.provider`, the given ones and, by instrument, words out of closed sets; `error.type` is a
 * renderq error code. Job ids, owners, URLs and texts of a provider never become attributes.
 * @throws {RenderError} INVALID_REQUEST with field `client`, `meter` or `options`.
 */
export function recordMetrics<Gauge>(
  client: MeasuredClient,
  meter: MetricMeter<Gauge>,
  given: MetricsOptions = {},
): () => void {
  clientArgument(client);
  meterArgument(meter);
  optionsArgument(given);
  const { attributes = {} } = given;
  const common = { ...attributes, 'renderq.provider': client.provider.id };
  const count = createInstruments(meter);
  const stopEvents = client.subscribe((event) => record(count, event, common));
  const stopGauges = observeState(() => client.state(), meter, common);
  return () => {
    stopEvents();
    stopGauges();
  };
}

type Instruments = ReturnType<typeof createInstruments>;

function createInstruments<Gauge>(meter: MetricMeter<Gauge>) {
  const counter = (name: string, unit: string, description: string) => meter.createCounter(name, { unit, description });
  const histogram = (name: string, unit: string, boundaries: number[], description: string) =>
    meter.createHistogram(name, { unit, description, advice: { explicitBucketBoundaries: boundaries } });
  return {
    requests: counter('renderq.requests', '{request}', 'Attempts, answered or failed.'),
    requestDuration: histogram('renderq.request.duration', 's', REQUEST_SECONDS, 'Time that an attempt took.'),
    rateRefusals: counter(
      'renderq.rate_limit.refusals',
      '{request}',
      'Attempts that the provider refused by its rate limit. None are expected.',
    ),
    gateClosures: counter('renderq.rate_limit.closures', '{closure}', 'Times that the rate gate has closed.'),
    queued: counter('renderq.submits.queued', '{submit}', 'Submits that had to wait in line.'),
    slotRefusals: counter('renderq.slots.refusals', '{submit}', 'Submits refused for want of a job slot.'),
    jobsPerLook: histogram('renderq.look.jobs', '{job}', JOBS_PER_LOOK, 'Due jobs that one look served.'),
    jobsEnded: counter('renderq.jobs.ended', '{job}', 'Jobs submitted here that were seen to have ended.'),
    jobAge: histogram('renderq.job.age', 's', JOB_SECONDS, 'Time from the acceptance of a job to its seen end.'),
    retries: counter('renderq.retries', '{retry}', 'Repeats that were planned after a failed attempt.'),
    inDoubt: counter('renderq.submits.in_doubt', '{submit}', 'Submits whose answer was lost without a key to repeat.'),
    settled: counter('renderq.submits.settled', '{submit}', 'What became of the submits in doubt.'),
    pauses: counter('renderq.submits.pauses', '{pause}', 'Times that submits rested for want of credits.'),
    stops: counter('renderq.account.stops', '{stop}', 'Times that the provider rejected the key or the account.'),
    trips: counter('renderq.breaker.trips', '{trip}', 'Times that the provider was found down.'),
  };
}

function record(count: Instruments, event: AccountEvent, common: MetricAttributes): void {
  const by = (own: MetricAttributes, error?: ErrorRecord): MetricAttributes => ({
    ...common,
    ...own,
    ...(error !== undefined && { 'error.type': error.code }),
  });
  switch (event.type) {
    case 'request': {
      const own = { 'renderq.purpose': event.purpose, 'renderq.outcome': outcomeOf(event) };
      count.requests.add(1, by(own, event.error));
      count.requestDuration.record(event.durationMs / 1_000, by(own));
      if (event.error?.code === 'RATE_LIMITED') count.rateRefusals.add(1, by({ 'renderq.purpose': event.purpose }));
      return;
    }
    case 'gate-closed':
      count.gateClosures.add(1, by({ 'renderq.reason': event.reason }));
      return;
    case 'submit-queued':
      count.queued.add(1, common);
      return;
    case 'slot-leased':
    case 'slot-freed':
      // The gauges tell them: a counter of each would say what the jobs say.
      return;
    case 'slot-refused':
      count.slotRefusals.add(1, common);
      return;
    case 'look':
      count.jobsPerLook.record(event.jobs, by({ 'renderq.look.by': event.by }));
      return;
    case 'job-ended': {
      const own = by({ 'renderq.job.state': TERMINAL_STATES.has(event.state) ? event.state : 'other' });
      count.jobsEnded.add(1, own);
      if (event.ageMs !== undefined) count.jobAge.record(event.ageMs / 1_000, own);
      return;
    }
    case 'retry':
      count.retries.add(1, by({ 'renderq.purpose': event.purpose }, event.error));
      return;
    case 'submit-in-doubt':
      count.inDoubt.add(1, by({}, event.error));
      return;
    case 'submit-settled':
      count.settled.add(1, by({ 'renderq.outcome': event.outcome }));
      return;
    case 'submits-paused':
      count.pauses.add(1, by({}, event.error));
      return;
    case 'account-stopped':
      count.stops.add(1, by({}, event.error));
      return;
    case 'breaker':
      if (event.state === 'open') count.trips.add(1, common);
      return;
    default:
      // A new event must be counted, or said here to need no counter; one of a newer copy of this package is passed over.
      event satisfies never;
  }
}

type RequestEvent = Extract<AccountEvent, { type: 'request' }>;

/** Capacity is nobody's fault, nor is a caller who gave up, so that an alert on errors does not ring for them. */
function outcomeOf({ error, httpStatus }: RequestEvent): 'ok' | 'refused' | 'aborted' | 'error' {
  if (error === undefined) return httpStatus === undefined ? 'aborted' : 'ok';
  if (error.code === 'CANCELLED') return 'aborted';
  return error.category === 'capacity' ? 'refused' : 'error';
}
