import { fields } from '../arguments/check-argument.ts';
import { NUMBER, OBJECT, TEXT } from '../arguments/rule.ts';
import type { AccountEvent, RequestPurpose } from '../contract/account-event.ts';
import type { ErrorCategory } from '../errors/codes.ts';
import type { ErrorRecord } from '../errors/error-record.ts';
import { cleanText } from '../errors/redact.ts';

export type EventLevel = 'debug' | 'info' | 'warn' | 'error';

/** Flat, so that any logger and any search takes them as they are. Times are Unix milliseconds. */
export type EventFields = Readonly<Record<string, string | number>>;

/** An account event as a log holds it. */
export interface EventDescription {
  readonly level: EventLevel;
  /** One line for a person. */
  readonly message: string;
  /** `event` is the event's type; `code`, `providerCode` and `requestId` are those of its error, where it has one. */
  readonly fields: EventFields;
}

const LONGEST_TEXT = 300;
const LONGEST_WORD = 120;

const eventArgument = fields('event', {
  needs: { type: TEXT, at: NUMBER },
  takes: { error: OBJECT },
  remedy: 'Pass an event as client.subscribe gives it.',
});

/**
 * Words, a level and fields for an event. Neither line nor fields hold a key, a signed URL, a control character or more
 * than a few hundred characters. Which account it was, the event does not know: give the logger that as a field of its own.
 * @throws {RenderError} INVALID_REQUEST for what is no event.
 */
export function describeEvent(event: AccountEvent): EventDescription {
  eventArgument(event);
  return { ...tell(event), fields: fieldsOf(event) };
}

type Told = Pick<EventDescription, 'level' | 'message'>;

const told = (level: EventLevel, message: string): Told => ({ level, message });

function tell(event: AccountEvent): Told {
  switch (event.type) {
    case 'request':
      return tellRequest(event);
    case 'gate-closed': {
      const why = event.reason === 'refused' ? 'the provider refused one by its rate limit' : 'the window is spent';
      return told('info', `No request passes for ${until(event)}: ${why}.`);
    }
    case 'submit-queued':
      return told('debug', `A submit of ${quoted(event.owner)} waits in line; ${submits(event.waiting)} in all.`);
    case 'slot-leased':
      return told('debug', `A job slot was taken: ${event.taken} of ${event.capacity}.`);
    case 'slot-freed':
      return told('debug', `A job slot came free: ${event.taken} of ${event.capacity} are taken.`);
    case 'slot-refused':
      return told(
        'info',
        `The provider had no free job slot; ${event.allowed} are believed to be ours. Next attempt in ${until(event)}.`,
      );
    case 'look': {
      const how = event.by === 'list' ? 'One look at the list' : 'One look';
      return told('debug', `${how} served ${event.jobs} due ${plural(event.jobs, 'job')}; ${event.ended} ended.`);
    }
    case 'job-ended': {
      const age = event.ageMs === undefined ? '' : ` ${span(event.ageMs)} after it was accepted`;
      return told(
        event.state === 'failed' ? 'warn' : 'info',
        `Job ${cleanText(event.jobId, LONGEST_WORD)} has ${ended(event.state)}${age}.`,
      );
    }
    case 'retry':
      return told(
        'info',
        `${FOR[event.purpose]} is repeated in ${until(event)}, after ${event.attempts} ${plural(event.attempts, 'attempt')}: ${errorLine(event.error)}`,
      );
    case 'submit-in-doubt':
      return told(
        'warn',
        `The answer to a submit was lost; others wait until it is settled: ${errorLine(event.error)}`,
      );
    case 'submit-settled':
      return tellSettled(event.outcome, event.jobId);
    case 'submits-paused':
      return told('warn', `Submits rest for ${until(event)}: ${errorLine(event.error)}`);
    case 'account-stopped':
      return told(
        'error',
        `The provider rejects the account; ${submits(event.refused)} that waited ${event.refused === 1 ? 'was' : 'were'} refused: ${errorLine(event.error)}`,
      );
    case 'breaker':
      if (event.state === 'closed') return told('info', 'The provider answers again.');
      return told('warn', `The provider counts as down${event.until === undefined ? '' : ` for ${until(event)}`}.`);
    default:
      // The compiler asks for every event; a newer copy of this package may still send one that this one has no words for.
      return told('debug', cleanText((event satisfies never as AccountEvent).type, LONGEST_WORD));
  }
}

const FOR: Readonly<Record<RequestPurpose, string>> = {
  submit: 'A submit',
  call: 'A call',
  look: 'A look',
  settle: 'A look for a lost submit',
};

const LEVELS: Readonly<Record<ErrorCategory, EventLevel>> = {
  request: 'info',
  account: 'warn',
  capacity: 'info',
  render: 'info',
  provider: 'warn',
  transport: 'warn',
  renderq: 'debug',
};

function tellRequest(event: Extract<AccountEvent, { type: 'request' }>): Told {
  const { purpose, method, durationMs, httpStatus, error } = event;
  const what = `${FOR[purpose]} (${method})`;
  const took = span(durationMs);
  if (error === undefined) {
    const end = httpStatus === undefined ? `was given up by its caller after` : `was answered ${httpStatus} in`;
    return told('debug', `${what} ${end} ${took}.`);
  }
  const failed = `${what} failed after ${took}: ${errorLine(error)}`;
  // The gate exists so that this does not happen.
  if (error.code === 'RATE_LIMITED') return told('warn', failed);
  return told(error.code === 'INTERNAL' ? 'error' : LEVELS[error.category], failed);
}

function tellSettled(outcome: 'found' | 'absent' | 'unknown', jobId: string | undefined): Told {
  switch (outcome) {
    case 'found':
      return told('info', `The submit in doubt did arrive: it is job ${jobId ?? ''}.`);
    case 'absent':
      return told('info', 'The submit in doubt never arrived: it may be sent again.');
    case 'unknown':
      return told('error', 'Nobody can tell whether the submit in doubt arrived: it is not sent again.');
  }
}

function fieldsOf(event: AccountEvent): EventFields {
  const { type, at: _at, ...rest } = event;
  const error = 'error' in rest ? rest.error : undefined;
  const fields: Record<string, string | number> = { event: type };
  const all = {
    ...rest,
    error: undefined,
    code: error?.code,
    providerCode: error?.providerCode,
    httpStatus: ('httpStatus' in rest ? rest.httpStatus : undefined) ?? error?.httpStatus,
    retryAfterMs: error?.retryAfterMs,
    requestId: error?.requestId,
    jobId: ('jobId' in rest ? rest.jobId : undefined) ?? error?.jobId,
  };
  for (const [name, value] of Object.entries(all)) {
    if (typeof value === 'string') fields[name] = cleanText(value, LONGEST_WORD);
    else if (typeof value === 'number' && Number.isFinite(value)) fields[name] = value;
  }
  return fields;
}

/** `CODE (PROVIDER_CODE): message`, as every error of renderq is told. */
function errorLine({ code, providerCode, message }: ErrorRecord): string {
  const own = providerCode === undefined ? '' : ` (${cleanText(providerCode, LONGEST_WORD)})`;
  return `${code}${own}: ${cleanText(message, LONGEST_TEXT)}`;
}

/** How long from the event to what it names. */
function until(event: { readonly at: number; readonly until?: number; readonly nextAttemptAt?: number }): string {
  return span((event.until ?? event.nextAttemptAt ?? event.at) - event.at);
}

function span(ms: number): string {
  if (ms < 1_000) return `${Math.max(0, Math.round(ms))} ms`;
  if (ms < 120_000) return `${(ms / 1_000).toFixed(1)} s`;
  return ms < 7_200_000 ? `${Math.round(ms / 60_000)} min` : `${(ms / 3_600_000).toFixed(1)} h`;
}

const plural = (count: number, word: string): string => (count === 1 ? word : `${word}s`);
const submits = (count: number): string => `${count} ${plural(count, 'submit')}`;
const quoted = (owner: string): string =>
  owner === '' ? 'nobody in particular' : `"${cleanText(owner, LONGEST_WORD)}"`;

function ended(state: string): string {
  if (state === 'succeeded' || state === 'failed') return state;
  return state === 'cancelled' ? 'been cancelled' : `ended as ${cleanText(state, LONGEST_WORD)}`;
}
