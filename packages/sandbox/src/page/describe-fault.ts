import {
  actionOfStep,
  type FaultAction,
  type FaultStep,
  type TransportFaultKind,
  type WebhookFaultKind,
} from '../service/fault-rule.ts';
import type { ListedRule } from '../service/faults.ts';
import type { FaultEntry } from './client/page-state.ts';
import { PROVIDER_NAMES } from './provider-names.ts';

/** A rule as a person would say it. */
export function describeFault(rule: ListedRule): FaultEntry {
  return {
    id: rule.id,
    calls: describeCalls(rule),
    effect: describeEffect(rule),
    uses: describeUses(rule),
    isSpent: rule.isSpent,
  };
}

function describeCalls({ match = {}, probability }: ListedRule): string {
  const { provider, method, path, jobType, event, nth, account } = match;
  const call = [method?.toUpperCase(), path].filter(Boolean).join(' ');
  const parts = [
    provider === undefined ? 'Either provider' : PROVIDER_NAMES[provider],
    event ?? (call || 'every call'),
    jobType === undefined ? '' : `type ${jobType}`,
    nth === undefined || nth === 1 ? '' : `from match ${nth}`,
    account === undefined ? '' : `account ${account}`,
    probability === undefined ? '' : `${Math.round(probability * 100)} % of them`,
  ];
  return parts.filter(Boolean).join(' · ');
}

function describeEffect({ do: action, sequence, delayMs }: ListedRule): string {
  if (sequence) return sequence.map(describeStep).join(', then ');
  return [delayMs === undefined ? '' : `${delayMs} ms late`, action ? describeAction(action) : '']
    .filter(Boolean)
    .join(', ');
}

function describeStep(step: FaultStep): string {
  if (step === 'ok') return 'fine';
  const { times = 1, delayMs } = step;
  const action = actionOfStep(step);
  const words = action ? [describeAction(action)] : [];
  if (delayMs !== undefined) words.unshift(`${delayMs} ms late`);
  return `${words.join(', ')}${times > 1 ? ` (${times} times)` : ''}`;
}

function describeUses({ applied, isSpent, sequence, times = 1 }: ListedRule): string {
  if (isSpent) return 'spent';
  if (times === 'always') return applied === 0 ? 'always' : `always, ${applied} so far`;
  return sequence ? `${applied} so far` : `${times - applied} of ${times} left`;
}

function describeAction(action: FaultAction): string {
  if ('code' in action) {
    const { code, retryAfter } = action;
    if (retryAfter === undefined) return code;
    return `${code}, Retry-After ${retryAfter === null ? 'left out' : retryAfter}`;
  }
  if ('transport' in action) {
    return `${TRANSPORT_WORDS[action.transport]}${action.when === 'after' ? ', after it was carried out' : ''}`;
  }
  if ('webhook' in action) return WEBHOOK_WORDS[action.webhook];
  if ('output' in action) return OUTPUT_WORDS[action.output];
  const at = action.progress === undefined ? '' : ` at ${Math.round(action.progress * 100)} %`;
  if ('hang' in action) return `job stays ${action.hang}${at}`;
  const after = action.afterMs ? ` after ${action.afterMs} ms` : '';
  return `job fails with ${action.job}${action.late ? ' at its very end' : after}`;
}

export const TRANSPORT_WORDS: Readonly<Record<TransportFaultKind, string>> = {
  reset: 'connection reset',
  'reset-body': 'connection reset within the body',
  truncate: 'answer cut short',
  'half-json': 'half a JSON',
  stall: 'no answer at all',
  drip: 'answer in drips',
  html502: 'HTML 502 page of a proxy',
  'wrong-type': 'answer called text/html',
  'bad-retry-after': 'unreadable Retry-After',
};

export const WEBHOOK_WORDS: Readonly<Record<WebhookFaultKind, string>> = {
  duplicate: 'webhook comes twice',
  reorder: 'webhook comes after the next one',
  late: 'webhook comes late',
  drop: 'webhook never comes',
  forge: 'forged webhook comes first',
  rotate: 'webhook secret is rotated',
};

export const OUTPUT_WORDS: Readonly<Record<'expired' | 'gone', string>> = {
  expired: 'links to the output have expired',
  gone: 'output is gone',
};
