import { definedFields } from '../decode/defined-fields.ts';
import { isJobId } from '../decode/job-id.ts';
import { asObject, type JsonObject, parseJson } from '../decode/json-body.ts';
import { readText, readTime } from '../decode/scalars.ts';
import { RenderError } from '../errors/render-error.ts';
import { toSnapshot } from '../providers/rendobar/from-wire.ts';
import type { RendobarJob } from '../providers/rendobar/job.ts';

const JOB_EVENTS = [
  'job.created',
  'job.started',
  'job.completed',
  'job.failed',
  'job.cancelled',
  'job.delivery_succeeded',
  'job.delivery_failed',
  'job.deliveries_settled',
] as const;
const BALANCE_EVENTS = ['balance.low', 'balance.depleted'] as const;

type JobEventName = (typeof JOB_EVENTS)[number];
type BalanceEventName = (typeof BALANCE_EVENTS)[number];

/** The events that Rendobar documents (webhooks guide). */
export type RendobarEventName = JobEventName | BalanceEventName;

/** The events that Rendobar documents, for subscribing to. */
export const RENDOBAR_EVENTS: readonly RendobarEventName[] = [...JOB_EVENTS, ...BALANCE_EVENTS];

interface EventBase {
  /** The same for every attempt to deliver this event. */
  readonly deliveryId?: string;
  /** Unix milliseconds. */
  readonly timestamp?: number;
  readonly orgId?: string;
  /** `data` as it was sent. */
  readonly data: JsonObject;
}

/** Something happened to a job. */
export interface RendobarJobEvent extends EventBase {
  readonly kind: 'job';
  readonly event: JobEventName;
  /** The job as the event tells it; read the job for all of it. */
  readonly job: RendobarJob;
}

/** The prepaid balance runs low or is used up. The payload is not documented. */
export interface RendobarBalanceEvent extends EventBase {
  readonly kind: 'balance';
  readonly event: BalanceEventName;
}

/** An event that is newer than this list, or one whose payload could not be understood. */
export interface RendobarOtherEvent extends EventBase {
  readonly kind: 'other';
  readonly event: string;
}

/** One event, told apart by `kind`, then by `event`. */
export type RendobarEvent = RendobarJobEvent | RendobarBalanceEvent | RendobarOtherEvent;

/**
 * Reads the body of a webhook or callback. Trust it only after its signature was verified.
 * @throws {RenderError} INVALID_REQUEST (field `body`) when it is no event at all.
 */
export function readRendobarEvent(body: string): RendobarEvent {
  const envelope = asObject(parseJson(body));
  const event = readText(envelope?.event);
  if (envelope === undefined || event === undefined) {
    throw new RenderError({
      code: 'INVALID_REQUEST',
      message: 'The body is not a Rendobar event.',
      provider: 'rendobar',
      field: 'body',
      remedy: 'Pass the raw body of the request, byte for byte as it arrived.',
    });
  }
  // Events of early 2026 had no envelope: their fields stand bare.
  const data = asObject(envelope.data) ?? envelope;
  const base: EventBase = {
    data,
    ...definedFields({
      deliveryId: readText(envelope.deliveryId),
      timestamp: readTime(envelope.timestamp),
      orgId: readText(envelope.orgId),
    }),
  };
  if (isOneOf(BALANCE_EVENTS, event)) return { ...base, kind: 'balance', event };
  const jobId = readText(data.jobId) ?? readText(data.id);
  if (!isOneOf(JOB_EVENTS, event) || jobId === undefined || !isJobId(jobId)) return { ...base, kind: 'other', event };
  return {
    ...base,
    kind: 'job',
    event,
    job: toSnapshot({ ...STATUS[event], ...asObject(data.timing), ...data }, jobId),
  };
}

/** What the event's name alone tells of the state, should the payload leave it out. */
const STATUS: Partial<Record<JobEventName, { readonly status: string }>> = {
  'job.created': { status: 'waiting' },
  'job.started': { status: 'running' },
  'job.completed': { status: 'complete' },
  'job.failed': { status: 'failed' },
  'job.cancelled': { status: 'cancelled' },
  'job.delivery_succeeded': { status: 'complete' },
  'job.delivery_failed': { status: 'complete' },
  'job.deliveries_settled': { status: 'complete' },
};

function isOneOf<T extends string>(names: readonly T[], name: string): name is T {
  return names.some((known) => known === name);
}
