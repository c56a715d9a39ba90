import type { Provider } from './plans.ts';

/** How a connection misbehaves instead of answering. */
export type TransportFaultKind = 'reset' | 'stall' | 'truncate' | 'html502';

export const TRANSPORT_FAULTS: readonly TransportFaultKind[] = ['reset', 'stall', 'truncate', 'html502'];

/** Which calls a rule is for. An absent field matches everything. */
export interface FaultMatch {
  readonly provider?: Provider;
  readonly method?: string;
  /** Path below the provider's base URL; `*` stands for any run of characters. */
  readonly path?: string;
  /** The rule starts with the nth call that matches, counted from 1. */
  readonly nth?: number;
  /** An API key: the rule is for its account alone. */
  readonly account?: string;
}

/** Answers with a code of the vendor's error table, in the vendor's shape. */
export interface CodeAction {
  readonly code: string;
  readonly message?: string;
  /** Replaces the Retry-After header: seconds, any text (to rehearse a malformed one), or null for none. */
  readonly retryAfter?: number | string | null;
}

export interface TransportAction {
  readonly transport: TransportFaultKind;
  /** `after`: the request is carried out and only its answer is lost. Default `before`; `truncate` is always `after`. */
  readonly when?: 'before' | 'after';
}

/** The job is accepted and then ends with this code, or never ends. */
export interface JobAction {
  readonly job: string;
  readonly message?: string;
  /** Milliseconds of running before it fails. Default 0. */
  readonly afterMs?: number;
}

/** The job is accepted and stays in a state until it is cancelled or the sandbox is reset. */
export interface HangAction {
  readonly hang: 'waiting' | 'running';
  /** Share done at which a running job stops. Default 0. */
  readonly progress?: number;
}

export type FaultAction = CodeAction | TransportAction | JobAction | HangAction;

export interface FaultRule {
  readonly match?: FaultMatch;
  /** Absent: the call is only delayed. */
  readonly do?: FaultAction;
  /** How many calls it applies to. Default 1. */
  readonly times?: number | 'always';
  /** Milliseconds, on the sandbox clock, that the answer is held back. */
  readonly delayMs?: number;
}

/** What a job carries that a rule was for. */
export interface JobFault {
  readonly code?: string;
  readonly message?: string;
  readonly afterMs?: number;
  readonly hang?: 'waiting' | 'running';
  readonly progress?: number;
  /** The code says that the provider never began: no start time, no cost. */
  readonly neverStarted?: boolean;
}

const MATCH_SCHEMA = {
  type: 'object',
  additionalProperties: false,
  properties: {
    provider: { enum: ['rendobar', 'phantomflow'] },
    method: { type: 'string' },
    path: { type: 'string' },
    nth: { type: 'integer', minimum: 1 },
    account: { type: 'string' },
  },
};

const ACTION_SCHEMA = {
  type: 'object',
  additionalProperties: false,
  minProperties: 1,
  properties: {
    code: { type: 'string' },
    message: { type: 'string', maxLength: 2000 },
    retryAfter: { type: ['number', 'string', 'null'] },
    transport: { enum: TRANSPORT_FAULTS },
    when: { enum: ['before', 'after'] },
    job: { type: 'string' },
    afterMs: { type: 'number', minimum: 0 },
    hang: { enum: ['waiting', 'running'] },
    progress: { type: 'number', minimum: 0, maximum: 1 },
  },
};

/** What the control plane accepts as a rule. That exactly one action is named, and of a known code, is checked after it. */
export const FAULT_RULE_SCHEMA = {
  type: 'object',
  additionalProperties: false,
  properties: {
    match: MATCH_SCHEMA,
    do: ACTION_SCHEMA,
    times: { anyOf: [{ type: 'integer', minimum: 1 }, { const: 'always' }] },
    delayMs: { type: 'number', minimum: 0, maximum: 600_000 },
  },
};
