import { accountId } from './accounts.ts';
import {
  checkFaultRule,
  type FaultChannel,
  FaultRuleError,
  knowsAction,
  toJobFault,
  type Vocabularies,
} from './fault-check.ts';

export type { FaultVocabulary } from './fault-check.ts';

import { readFaultWord } from './fault-header.ts';
import { accountIds, compileMatch, type FaultCall } from './fault-match.ts';
import {
  actionOfStep,
  type CodeAction,
  type FaultRule,
  type JobFault,
  type TransportAction,
  type WebhookFault,
} from './fault-rule.ts';
import { type FaultTurn, type FaultTurns, playTurns } from './fault-turns.ts';
import type { Provider } from './plans.ts';

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
  /** No call will be changed any more. */
  readonly isSpent: boolean;
}

export interface FaultBook {
  /** Throws FaultRuleError when the rule names no single action or a code that the vendor does not have. */
  add(rule: FaultRule): ListedRule;
  list(): readonly ListedRule[];
  /** False when there is no such rule. */
  remove(id: string): boolean;
  /** Forgets every rule, or those that name one account. */
  clear(accountId?: string): void;
  /** Back to the rules of the start, unused. */
  reset(): void;
  /** The fault for a call's answer, used up by being asked for. */
  takeForCall(call: FaultCall): CallFault | undefined;
  /** The fault for the job that a call is about to create. */
  takeForJob(call: FaultCall): JobFault | undefined;
  /** The fault for a webhook that is about to be sent. */
  takeForWebhook(call: FaultCall): WebhookFault | undefined;
  /** Reads the value of an `x-sandbox-fault` header: for the call itself, or for the job that it creates. */
  readHeader(provider: Provider, value: string): CallFault | { readonly job: JobFault };
}

interface ActiveRule {
  readonly id: string;
  readonly rule: FaultRule;
  readonly channel: FaultChannel;
  readonly matches: (call: FaultCall) => boolean;
  readonly turns: FaultTurns;
  seen: number;
  applied: number;
}

/** `initial` rules are there from the start and come back with every reset. Throws FaultRuleError for a bad one. */
export function createFaultBook(vocabularies: Vocabularies, initial: readonly FaultRule[] = []): FaultBook {
  const rules: ActiveRule[] = [];
  let lastId = 0;

  function add(rule: FaultRule): ListedRule {
    const channel = checkFaultRule(rule, vocabularies);
    lastId += 1;
    const id = `fault_${lastId}`;
    const active = {
      id,
      rule,
      channel,
      matches: compileMatch(rule.match),
      turns: playTurns(rule),
      seen: 0,
      applied: 0,
    };
    rules.push(active);
    return listed(active);
  }

  function addInitial(): void {
    for (const [index, rule] of initial.entries()) {
      try {
        add(rule);
      } catch (error) {
        if (!(error instanceof FaultRuleError)) throw error;
        throw new FaultRuleError(`faults.${index}.${error.field}`, error.message);
      }
    }
  }

  /** A rule with a code of one vendor leaves the calls of the other alone, and uploads: storage has no such codes. */
  function speaksTo({ rule }: ActiveRule, { provider, isUpload }: FaultCall): boolean {
    const actions = rule.do ? [rule.do] : (rule.sequence ?? []).map(actionOfStep);
    return actions.every(
      (action) => knowsAction(action, vocabularies[provider]) && !(isUpload && action && 'code' in action),
    );
  }

  function take(call: FaultCall, channel: FaultChannel): { readonly id: string; readonly turn: FaultTurn } | undefined {
    for (const active of rules) {
      if (active.channel !== channel || active.turns.isSpent) continue;
      if (!speaksTo(active, call) || !active.matches(call)) continue;
      active.seen += 1;
      if (active.seen < (active.rule.match?.nth ?? 1)) continue;
      const turn = active.turns.next();
      if (!turn) continue;
      // A turn that lets the call through belongs to the sequence: no later rule may have the call.
      if (!turn.action && turn.delayMs === 0) return undefined;
      active.applied += 1;
      return { id: active.id, turn };
    }
    return undefined;
  }

  function takeForJob(call: FaultCall): JobFault | undefined {
    return toJobFault(take(call, 'job')?.turn.action, vocabularies[call.provider]);
  }

  addInitial();
  return {
    add,
    list: () => rules.map(listed),
    remove(id) {
      const index = rules.findIndex((active) => active.id === id);
      if (index < 0) return false;
      rules.splice(index, 1);
      return true;
    },
    clear(accountId) {
      const kept = accountId === undefined ? [] : rules.filter(({ rule }) => !isFor(rule, accountId));
      rules.splice(0, rules.length, ...kept);
    },
    reset() {
      rules.length = 0;
      addInitial();
    },
    takeForCall(call) {
      const taken = take(call, 'call');
      if (!taken) return undefined;
      const { action, delayMs } = taken.turn;
      return { ruleId: taken.id, delayMs, ...(action && isForCall(action) ? { action } : {}) };
    },
    takeForJob,
    takeForWebhook: (call) => toJobFault(take(call, 'webhook')?.turn.action, vocabularies[call.provider])?.webhook,
    readHeader(provider, value) {
      const action = readFaultWord(value);
      checkFaultRule({ match: { provider }, do: action }, vocabularies);
      const job = toJobFault(action, vocabularies[provider]);
      if (job) return { job };
      return { ruleId: 'header', delayMs: 0, ...(isForCall(action) ? { action } : {}) };
    },
  };
}

function isForCall(action: object): action is CodeAction | TransportAction {
  return 'code' in action || 'transport' in action;
}

function isFor({ match }: FaultRule, id: string): boolean {
  return match?.account !== undefined && accountIds(match.account).includes(id);
}

function listed({ id, rule, applied, turns }: ActiveRule): ListedRule {
  const { match, ...rest } = rule;
  const state = { id, applied, isSpent: turns.isSpent };
  if (!match) return { ...state, ...rest };
  // The account is named by a key, and keys are shown to nobody.
  const { account, ...shown } = match;
  const named = match.provider ?? (account?.startsWith('ve_') ? 'phantomflow' : 'rendobar');
  return { ...state, match: account === undefined ? shown : { ...shown, account: accountId(named, account) }, ...rest };
}
