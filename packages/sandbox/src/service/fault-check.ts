import { actionOfStep, type FaultAction, type FaultRule, type FaultStep, type JobFault } from './fault-rule.ts';
import { FAULT_ACTION_SCHEMA, FAULT_RULE_SCHEMA } from './fault-schema.ts';
import { PROVIDERS, type Provider } from './plans.ts';
import { schemaCheck } from './schema-problem.ts';

/** The codes of one vendor that a rule may name. */
export interface FaultVocabulary {
  /** Codes of answers. */
  readonly answers: readonly string[];
  /** Codes of failed jobs, and whether such a job ever began. */
  readonly jobs: Readonly<Record<string, { readonly neverStarted: boolean }>>;
  /** The vendor signs its webhooks. */
  readonly signsWebhooks: boolean;
}

export type Vocabularies = Readonly<Record<Provider, FaultVocabulary>>;

export class FaultRuleError extends Error {
  override readonly name = 'FaultRuleError';
  /** Where in the rule the problem is, dotted. */
  readonly field: string;
  constructor(field: string, message: string) {
    super(message);
    this.field = field;
  }
}

/** What a rule changes: the answers to calls, the jobs that they create, or the webhooks that tell of them. */
export type FaultChannel = 'call' | 'job' | 'webhook';

const CHANNELS = {
  code: 'call',
  transport: 'call',
  job: 'job',
  hang: 'job',
  output: 'job',
  webhook: 'webhook',
} as const satisfies Record<string, FaultChannel>;

type ActionName = keyof typeof CHANNELS;
const ACTION_NAMES = Object.keys(CHANNELS) as readonly ActionName[];

const nameOf = (action: FaultAction) => ACTION_NAMES.filter((name) => name in action);

const findRuleProblem = schemaCheck(FAULT_RULE_SCHEMA);
const findActionProblem = schemaCheck(FAULT_ACTION_SCHEMA);

/** Checks the shape of a rule that came as JSON. Throws FaultRuleError with the place of the first problem. */
export function parseFaultRule(value: unknown): FaultRule {
  const problem = findRuleProblem(value);
  if (problem) throw new FaultRuleError(problem.path, problem.message);
  return value as FaultRule;
}

/** Checks the shape of an action that came as JSON. Throws FaultRuleError. */
export function parseFaultAction(value: unknown): FaultAction {
  const problem = findActionProblem(value);
  if (problem) throw new FaultRuleError(problem.path, problem.message);
  return value as FaultAction;
}

/** Whether the vendor has what the action names. */
export function knowsAction(action: FaultAction | undefined, vocabulary: FaultVocabulary): boolean {
  if (!action) return true;
  if ('code' in action) return vocabulary.answers.includes(action.code);
  if ('job' in action) return Object.hasOwn(vocabulary.jobs, action.job);
  if ('webhook' in action && action.webhook === 'rotate') return vocabulary.signsWebhooks;
  return true;
}

/**
 * Checks what a schema cannot say, and tells what the rule changes. Throws FaultRuleError: no single action, a code
 * that no vendor in question has, turns of several kinds in one sequence, a match that such calls do not have.
 */
export function checkFaultRule(rule: FaultRule, vocabularies: Vocabularies): FaultChannel {
  const { do: action, sequence, match = {} } = rule;
  if (action && sequence) throw new FaultRuleError('sequence', 'Give "do" or "sequence", not both.');
  if (!action && !sequence && rule.delayMs === undefined) {
    throw new FaultRuleError('do', 'Give "do" or "sequence", or at least "delayMs".');
  }
  const providers = match.provider ? [match.provider] : PROVIDERS;
  const places = action ? [['do', action] as const] : stepPlaces(sequence ?? []);
  const channels = places.map(([place, step]) => checkAction(place, step, providers, vocabularies));
  const [channel = 'call'] = channels;
  if (channels.some((other) => other !== channel)) {
    throw new FaultRuleError('sequence', 'One sequence is for answers, for jobs or for webhooks. Use two rules.');
  }
  if (channel !== 'call' && rule.delayMs !== undefined) {
    throw new FaultRuleError('delayMs', 'Only an answer can be held back; jobs and webhooks have "afterMs".');
  }
  if (channel !== 'webhook' && match.event !== undefined) {
    throw new FaultRuleError('match.event', 'Only webhooks have an event.');
  }
  if (channel === 'webhook' && (match.path !== undefined || match.method !== undefined)) {
    const field = match.path === undefined ? 'match.method' : 'match.path';
    throw new FaultRuleError(field, 'A webhook is matched by provider, account, jobType and event.');
  }
  return channel;
}

/** The actions of a sequence with their places; `ok` and mere delays have none. */
function stepPlaces(sequence: readonly FaultStep[]): (readonly [string, FaultAction])[] {
  const places: (readonly [string, FaultAction])[] = [];
  for (const [index, step] of sequence.entries()) {
    const action = actionOfStep(step);
    if (action) places.push([`sequence.${index}`, action]);
    else if (step !== 'ok' && step.delayMs === undefined) {
      throw new FaultRuleError(`sequence.${index}`, 'A turn is "ok", an action, or at least a "delayMs".');
    }
  }
  return places;
}

function checkAction(
  place: string,
  action: FaultAction,
  providers: readonly Provider[],
  vocabularies: Vocabularies,
): FaultChannel {
  const [name, ...others] = nameOf(action);
  if (name === undefined || others.length > 0) {
    throw new FaultRuleError(place, `Name exactly one of ${ACTION_NAMES.map((known) => `"${known}"`).join(', ')}.`);
  }
  checkValues(place, action);
  if (providers.some((provider) => knowsAction(action, vocabularies[provider]))) return CHANNELS[name];
  if (name === 'webhook') throw new FaultRuleError(`${place}.webhook`, 'This provider signs no webhooks.');
  const known = providers.map((provider) => `${provider} has: ${codesFor(name, vocabularies[provider]).join(', ')}.`);
  throw new FaultRuleError(`${place}.${name}`, `No such code. ${known.join(' ')}`);
}

/** One line of visible ASCII: what a header can hold, and a log can show. */
const HEADER_TEXT = /^[\x20-\x7e]{0,200}$/;

/** A held webhook that nothing overtakes is sent after this many milliseconds. */
const MAX_REORDER_MS = 5000;

function checkValues(place: string, action: FaultAction): void {
  if ('retryAfter' in action && typeof action.retryAfter === 'string' && !HEADER_TEXT.test(action.retryAfter)) {
    throw new FaultRuleError(`${place}.retryAfter`, 'A header holds up to 200 visible ASCII characters.');
  }
  if ('webhook' in action && action.webhook === 'reorder' && (action.afterMs ?? 0) > MAX_REORDER_MS) {
    throw new FaultRuleError(`${place}.afterMs`, `A webhook is held back for ${MAX_REORDER_MS} ms at most.`);
  }
}

const codesFor = (name: ActionName, { answers, jobs }: FaultVocabulary) =>
  name === 'job' ? Object.keys(jobs) : answers;

/** What a job carries of an action; undefined for actions on calls. */
export function toJobFault(action: FaultAction | undefined, vocabulary: FaultVocabulary): JobFault | undefined {
  if (!action || 'code' in action || 'transport' in action) return undefined;
  if ('webhook' in action) {
    const { webhook: kind, ...rest } = action;
    return { webhook: { kind, ...rest } };
  }
  if (!('job' in action)) return action;
  const { job: code, ...rest } = action;
  return { code, neverStarted: vocabulary.jobs[code]?.neverStarted ?? false, ...rest };
}
