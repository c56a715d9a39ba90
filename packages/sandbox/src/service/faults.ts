import { accountId } from './accounts.ts';
import {
  type CodeAction,
  type FaultAction,
  type FaultRule,
  type HangAction,
  type JobAction,
  type JobFault,
  TRANSPORT_FAULTS,
  type TransportAction,
  type TransportFaultKind,
} from './fault-rule.ts';
import { PROVIDERS, type Provider } from './plans.ts';

/** The codes of one vendor that a rule may name. */
export interface FaultVocabulary {
  /** Codes of answers. */
  readonly answers: readonly string[];
  /** Codes of failed jobs, and whether such a job ever began. */
  readonly jobs: Readonly<Record<string, { readonly neverStarted: boolean }>>;
}

/** A call as the rules see it. `path` is below the provider's base URL. */
export interface FaultCall {
  readonly provider: Provider;
  readonly method: string;
  readonly path: string;
  readonly accountId: string | undefined;
}

/** What befalls one call. */
export interface CallFault {
  readonly ruleId: string;
  readonly delayMs: number;
  readonly action?: CodeAction | TransportAction;
}

export interface ListedRule extends FaultRule {
  readonly id: string;
  /** Calls that the rule has changed. */
  readonly applied: number;
}

export interface FaultBook {
  /** Throws FaultRuleError when the rule names no single action or a code that the vendor does not have. */
  add(rule: FaultRule): ListedRule;
  list(): readonly ListedRule[];
  /** False when there is no such rule. */
  remove(id: string): boolean;
  clear(): void;
  /** The fault for a call's answer, used up by being asked for. */
  takeForCall(call: FaultCall): CallFault | undefined;
  /** The fault for the job that a call is about to create. */
  takeForJob(call: FaultCall): JobFault | undefined;
  /** Reads the value of an `x-sandbox-fault` header into a rule for that call. */
  readHeader(provider: Provider, value: string): CallFault | { readonly job: JobFault };
}

export class FaultRuleError extends Error {
  override readonly name = 'FaultRuleError';
  /** Where in the rule the problem is, dotted. */
  readonly field: string;
  constructor(field: string, message: string) {
    super(message);
    this.field = field;
  }
}

interface ActiveRule {
  readonly id: string;
  readonly rule: FaultRule;
  readonly matches: (call: FaultCall) => boolean;
  readonly isForJobs: boolean;
  seen: number;
  applied: number;
}

export function createFaultBook(vocabulary: Readonly<Record<Provider, FaultVocabulary>>): FaultBook {
  const rules: ActiveRule[] = [];
  let lastId = 0;

  const knows = (provider: Provider, action: FaultAction | undefined): boolean => {
    if (action && 'code' in action) return vocabulary[provider].answers.includes(action.code);
    if (action && 'job' in action) return Object.hasOwn(vocabulary[provider].jobs, action.job);
    return true;
  };

  function check(rule: FaultRule): void {
    const action = rule.do;
    if (!action) {
      if (rule.delayMs === undefined) throw new FaultRuleError('do', 'Give "do", or at least "delayMs".');
      return;
    }
    const named = ['code', 'transport', 'job', 'hang'].filter((name) => name in action);
    if (named.length !== 1) {
      throw new FaultRuleError('do', 'Name exactly one of "code", "transport", "job" and "hang".');
    }
    const providers = rule.match?.provider ? [rule.match.provider] : PROVIDERS;
    if (providers.some((provider) => knows(provider, action))) return;
    const field = 'job' in action ? 'do.job' : 'do.code';
    throw new FaultRuleError(field, `No such code. ${providers.map((name) => describe(name, field)).join(' ')}`);
  }

  function describe(provider: Provider, field: string): string {
    const { answers, jobs } = vocabulary[provider];
    return `${provider} has: ${(field === 'do.job' ? Object.keys(jobs) : answers).join(', ')}.`;
  }

  function take(call: FaultCall, isForJobs: boolean): ActiveRule | undefined {
    for (const active of rules) {
      const times = active.rule.times ?? 1;
      if (active.isForJobs !== isForJobs || (times !== 'always' && active.applied >= times)) continue;
      if (!knows(call.provider, active.rule.do) || !active.matches(call)) continue;
      active.seen += 1;
      if (active.seen < (active.rule.match?.nth ?? 1)) continue;
      active.applied += 1;
      return active;
    }
    return undefined;
  }

  function jobFault(provider: Provider, action: JobAction | HangAction): JobFault {
    if ('hang' in action) return action;
    const { job: code, ...rest } = action;
    return { code, neverStarted: vocabulary[provider].jobs[code]?.neverStarted ?? false, ...rest };
  }

  return {
    add(rule) {
      check(rule);
      lastId += 1;
      const active: ActiveRule = {
        id: `fault_${lastId}`,
        rule,
        matches: compileMatch(rule),
        isForJobs: isForJob(rule.do),
        seen: 0,
        applied: 0,
      };
      rules.push(active);
      return listed(active);
    },
    list: () => rules.map(listed),
    remove(id) {
      const index = rules.findIndex((active) => active.id === id);
      if (index < 0) return false;
      rules.splice(index, 1);
      return true;
    },
    clear() {
      rules.length = 0;
    },
    takeForCall(call) {
      const active = take(call, false);
      if (!active) return undefined;
      const { do: action, delayMs = 0 } = active.rule;
      return { ruleId: active.id, delayMs, ...(action && !isForJob(action) ? { action } : {}) };
    },
    takeForJob(call) {
      const action = take(call, true)?.rule.do;
      return isForJob(action) ? jobFault(call.provider, action) : undefined;
    },
    readHeader(provider, value) {
      const word = value.trim();
      const action = readAction(word);
      check({ match: { provider }, do: action });
      if (isForJob(action)) return { job: jobFault(provider, action) };
      return { ruleId: 'header', delayMs: 0, action };
    },
  };
}

function isForJob(action: FaultAction | undefined): action is JobAction | HangAction {
  return action !== undefined && ('job' in action || 'hang' in action);
}

function readAction(word: string): FaultAction {
  if (word.startsWith('job:')) return { job: word.slice(4) };
  if ((TRANSPORT_FAULTS as readonly string[]).includes(word)) return { transport: word as TransportFaultKind };
  return { code: word };
}

function listed(active: ActiveRule): ListedRule {
  const { match, ...rest } = active.rule;
  if (!match) return { id: active.id, applied: active.applied, ...rest };
  // The account is named by a key, and keys are shown to nobody.
  const { account, ...shown } = match;
  const named = match.provider ?? 'rendobar';
  const redacted = account === undefined ? shown : { ...shown, account: accountId(named, account) };
  return { id: active.id, applied: active.applied, match: redacted, ...rest };
}

function compileMatch(rule: FaultRule): (call: FaultCall) => boolean {
  const match = rule.match ?? {};
  const path = match.path === undefined ? undefined : globToPattern(match.path);
  const method = match.method?.toUpperCase();
  const accounts = match.account === undefined ? undefined : accountIds(match.account);
  return (call) =>
    (match.provider === undefined || match.provider === call.provider) &&
    (method === undefined || method === call.method) &&
    (path === undefined || path.test(call.path)) &&
    (accounts === undefined || (call.accountId !== undefined && accounts.includes(call.accountId)));
}

const accountIds = (key: string) => PROVIDERS.map((provider) => accountId(provider, key));

function globToPattern(glob: string): RegExp {
  const literal = glob.split('*').map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, '\\$&'));
  return new RegExp(`^${literal.join('.*')}$`);
}
