import type { Provider } from './plans.ts';

/**
 * How a connection misbehaves.
 * - `reset`: the connection breaks before any header; `reset-body`: in the middle of the body.
 * - `truncate`: the body ends before its announced length; `half-json`: a whole message whose JSON stops half-way.
 * - `stall`: no answer at all; `drip`: an answer in small pieces, over `overMs`.
 * - `html502`: the page of a proxy; `wrong-type`: the right body, called `text/html`.
 * - `bad-retry-after`: a rate refusal whose `Retry-After` is no number and no date.
 */
export type TransportFaultKind = (typeof TRANSPORT_FAULTS)[number];

export const TRANSPORT_FAULTS = [
  'reset',
  'reset-body',
  'truncate',
  'half-json',
  'stall',
  'drip',
  'html502',
  'wrong-type',
  'bad-retry-after',
] as const;

/**
 * What befalls a webhook on its way.
 * - `duplicate`: delivered twice, under one delivery id. `drop`: never sent.
 * - `late`: held back for `afterMs` (default one minute). `reorder`: comes after the next one to the same receiver,
 *   or after `afterMs` (default five seconds) when none follows.
 * - `forge`: an impostor's message comes first, signed with a secret that is not the account's.
 * - `rotate`: the signing secret is rotated just before; both secrets sign (Rendobar alone signs).
 */
export type WebhookFaultKind = (typeof WEBHOOK_FAULTS)[number];

export const WEBHOOK_FAULTS = ['duplicate', 'reorder', 'late', 'drop', 'forge', 'rotate'] as const;

/** Which calls a rule is for. An absent field matches everything. */
export interface FaultMatch {
  readonly provider?: Provider;
  readonly method?: string;
  /** Path below the provider's base URL; `*` stands for any run of characters. Uploads are at `/_upload/...`. */
  readonly path?: string;
  /** The job type that a submit names, or the type of the job that the path names. */
  readonly jobType?: string;
  /** For webhook faults: `job.completed`, `job.started`, ... PhantomFlow: `completed`, `failed`. */
  readonly event?: string;
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
  /** `after`: the request is carried out and only its answer is lost. Default `before` where the kind leaves a choice. */
  readonly when?: 'before' | 'after';
  /** Milliseconds that `drip` takes for an answer, on the sandbox clock. Default 5000. */
  readonly overMs?: number;
}

/** The job is accepted and then ends with this code. */
export interface JobAction {
  readonly job: string;
  readonly message?: string;
  /** Milliseconds of running before it fails. Default 0. */
  readonly afterMs?: number;
  /** Share done that it shows while it runs. */
  readonly progress?: number;
  /** The render is really carried out, and the job fails at its very end. */
  readonly late?: boolean;
}

/** The job is accepted and stays in a state until it is cancelled or the sandbox is reset. */
export interface HangAction {
  readonly hang: 'waiting' | 'running';
  /** Share done at which a running job stops. Default 0. */
  readonly progress?: number;
}

/** The job completes, and its output is of no use: every link to it has expired, or the file is gone. */
export interface OutputAction {
  readonly output: 'expired' | 'gone';
}

export interface WebhookAction {
  readonly webhook: WebhookFaultKind;
  /** Milliseconds on the sandbox clock; see `late` and `reorder`. */
  readonly afterMs?: number;
}

export type FaultAction = CodeAction | TransportAction | JobAction | HangAction | OutputAction | WebhookAction;

/** A turn that is nothing but slow. */
export interface DelayStep {
  readonly delayMs: number;
  readonly times?: number;
}

/** One turn of a sequence: the next `times` (default 1) matching calls. `ok` lets a call through untouched. */
export type FaultStep = 'ok' | DelayStep | (FaultAction & { readonly times?: number; readonly delayMs?: number });

/** The action of a turn; undefined where it lets the call through or only slows it down. */
export function actionOfStep(step: FaultStep): FaultAction | undefined {
  if (step === 'ok') return undefined;
  const { times: _times, delayMs: _delayMs, ...action } = step;
  return Object.keys(action).length > 0 ? (action as FaultAction) : undefined;
}

export interface FaultRule {
  readonly match?: FaultMatch;
  /** Absent, and no `sequence` either: the call is only delayed. */
  readonly do?: FaultAction;
  /** Instead of `do`: what befalls the matching calls one after another. */
  readonly sequence?: readonly FaultStep[];
  /** How many calls it applies to, or how often the sequence is played. Default 1. */
  readonly times?: number | 'always';
  /** The share of matching calls that it applies to, 0 to 1. Default all. */
  readonly probability?: number;
  /** Makes `probability` repeatable. Default 1. */
  readonly seed?: number;
  /** Milliseconds, on the sandbox clock, that the answer is held back. */
  readonly delayMs?: number;
}

export interface WebhookFault {
  readonly kind: WebhookFaultKind;
  readonly afterMs?: number;
}

/** What a job carries that a rule was for. */
export interface JobFault {
  readonly code?: string;
  readonly message?: string;
  readonly afterMs?: number;
  readonly late?: boolean;
  readonly hang?: 'waiting' | 'running';
  readonly progress?: number;
  /** The code says that the provider never began: no start time, no cost. */
  readonly neverStarted?: boolean;
  readonly output?: 'expired' | 'gone';
  /** For every webhook of the job. */
  readonly webhook?: WebhookFault;
}

/** Whether the job ends as the fault says, with no render. */
export function isForced(fault: JobFault | undefined): boolean {
  return fault !== undefined && (fault.hang !== undefined || (fault.code !== undefined && fault.late !== true));
}
