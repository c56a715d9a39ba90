import { fields } from '../arguments/check-argument.ts';
import { OBJECT, TEXT } from '../arguments/rule.ts';
import type { AccountState } from '../contract/account-state.ts';
import { cleanText } from '../errors/redact.ts';

const LONGEST_TEXT = 300;

const stateArgument = fields('state', {
  needs: { provider: TEXT, baseUrl: TEXT, window: OBJECT, slots: OBJECT, queue: OBJECT, watched: OBJECT },
  remedy: 'Pass what client.state() gives.',
});

const HELD_BY: Readonly<Record<NonNullable<AccountState['queue']['heldBy']>, string>> = {
  slot: 'every job slot is taken',
  turn: 'another submit must be answered first',
  doubt: 'a submit whose answer was lost must be settled first',
  credits: 'the credits are spent',
  outage: 'the provider is down',
};

/**
 * The account's standing in a few lines for people: slots, line and window in the first, and a line for everything that
 * holds something back. Times are UTC. Holds no key and no signed URL.
 * @throws {RenderError} INVALID_REQUEST for what is no state.
 */
export function describeState(state: AccountState): string {
  stateArgument(state);
  const { provider, baseUrl, slots, queue, watched, downUntil, window } = state;
  const facts = [
    tellSlots(slots),
    queue.waiting === 0 ? 'nothing waiting' : tellQueue(queue),
    tellWindow(window),
    watched.jobs === 0 ? 'nothing watched' : `${watched.jobs} watched${from(', next look at', watched.nextLookAt)}`,
  ];
  const lines = [`${provider} at ${cleanText(baseUrl, LONGEST_TEXT)}: ${facts.join(', ')}.`];
  if (window.closedUntil !== undefined) lines.push(`No request passes before ${clockTime(window.closedUntil)}.`);
  if (downUntil !== undefined) lines.push(`The provider counts as down until ${clockTime(downUntil)}.`);
  if (queue.error !== undefined) {
    const { code, message, remedy } = queue.error;
    lines.push(`${code}: ${cleanText(message, LONGEST_TEXT)} ${cleanText(remedy, LONGEST_TEXT)}`);
  }
  return lines.join('\n');
}

function tellSlots({ taken, capacity, allowed, foreign }: AccountState['slots']): string {
  const notes = [
    ...(foreign > 0 ? [`${foreign} more by other programs`] : []),
    ...(allowed < capacity ? [`${allowed} believed to be ours`] : []),
  ];
  return `${taken} of ${capacity} slots taken${notes.length === 0 ? '' : ` (${notes.join('; ')})`}`;
}

function tellQueue({ waiting, owners, heldBy, nextAttemptAt }: AccountState['queue']): string {
  const whose = owners > 1 ? ` for ${owners} owners` : '';
  const why = heldBy === undefined ? '' : ` (${heldBy}: ${HELD_BY[heldBy]}${from('; next attempt at', nextAttemptAt)})`;
  return `${waiting} waiting${whose}${why}`;
}

function tellWindow({ remaining, requestsPerMinute, resetsAt }: AccountState['window']): string {
  if (remaining === undefined) return `${requestsPerMinute} requests a minute`;
  return `${remaining} of ${requestsPerMinute} requests left${from(' until', resetsAt)}`;
}

const from = (words: string, time: number | undefined): string =>
  time === undefined ? '' : `${words} ${clockTime(time)}`;

/** With its date: a window may be that of a day. A provider's time may lie outside what a date can hold. */
function clockTime(unixMs: number): string {
  const date = new Date(unixMs);
  return Number.isNaN(date.getTime()) ? 'an unknown time' : `${date.toISOString().slice(0, 19)}Z`;
}
