import { FaultRuleError, parseFaultAction } from './fault-check.ts';
import { type FaultAction, TRANSPORT_FAULTS, type TransportFaultKind, WEBHOOK_FAULTS } from './fault-rule.ts';

/** Words before a colon, and what stands after them. */
const PREFIXES: Readonly<Record<string, (rest: string) => FaultAction>> = {
  job: (job) => ({ job }),
  late: (job) => ({ job, late: true }),
  stuck: readStuck,
  output: (output) => parseFaultAction({ output }),
  webhook: (webhook) => parseFaultAction({ webhook }),
};

/**
 * Reads the value of an `x-sandbox-fault` header: a vendor code, a transport fault, one of `job:CODE`, `late:CODE`,
 * `stuck:queued`, `stuck:40` (per cent), `output:expired`, `output:gone`, `webhook:KIND`, or an action as JSON.
 * Throws FaultRuleError.
 */
export function readFaultWord(value: string): FaultAction {
  const word = value.trim();
  if (word.startsWith('{')) return parseFaultAction(parseJson(word));
  const colon = word.indexOf(':');
  const prefix = colon < 0 ? '' : word.slice(0, colon);
  const read = Object.hasOwn(PREFIXES, prefix) ? PREFIXES[prefix] : undefined;
  if (read) return read(word.slice(colon + 1));
  if ((TRANSPORT_FAULTS as readonly string[]).includes(word)) return { transport: word as TransportFaultKind };
  return { code: word };
}

/** Every word of the header that is not a vendor code, for whoever asks what there is. */
export const FAULT_WORDS: readonly string[] = [
  ...TRANSPORT_FAULTS,
  'job:CODE',
  'late:CODE',
  'stuck:queued',
  'stuck:PERCENT',
  'output:expired',
  'output:gone',
  ...WEBHOOK_FAULTS.map((kind) => `webhook:${kind}`),
];

function readStuck(rest: string): FaultAction {
  if (rest === 'queued') return { hang: 'waiting' };
  const percent = Number(rest);
  if (rest.trim() === '' || !(percent >= 0 && percent <= 100)) {
    throw new FaultRuleError('stuck', 'Write "stuck:queued", or "stuck:40" for 40 per cent.');
  }
  return { hang: 'running', progress: percent / 100 };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new FaultRuleError('', 'This is not valid JSON.');
  }
}
