import { performance } from 'node:perf_hooks';
import { json, toBytes } from './answer.ts';
import { core } from './built-core.ts';
import { operate } from './operate.ts';
import type { Outcome } from './outcomes.ts';
import type { Scenario } from './scenario.ts';
import { leaksOf } from './secrets.ts';
import { type Run, type Step, startTortureServer } from './server.ts';
import { OPERATIONS, type Operation, PROVIDERS, type Provider, SIGNATURE, SOUND } from './vendor.ts';

/** Milliseconds that one attempt may take, and that a wait may take in all. */
export const TIMEOUT_MS = 400;
const WAIT_MS = 700;
/** The machine may be busy; an endless wait is longer than this. */
const SLACK_MS = 2_500;
/** The pauses between four attempts, with the jitter that the tests fix (see wire.test.ts), doubled for headers that ask for more. */
const PAUSES_MS = 1_400;

/** A submit in doubt looks twice for its job in a list that cannot be read. */
const SETTLE_MS = 2_500;
const LIST_REFUSED: readonly Step[] = [
  { send: toBytes(json(404, { error: { code: 'NOT_FOUND', message: 'no list here' } })) },
];

const TICK_MS = 10;
const MOST_LOST_MS = TIMEOUT_MS / 5;
const MAX_ROUNDS = 12;

let keysMade = 0;

/** A key of no known shape: only by knowing it can it be kept out of an error. Every one is an account of its own. */
export function freshKey(): string {
  keysMade += 1;
  return `Torture/${keysMade}+key.${keysMade * 7919}-of=this~account`;
}

export interface Played {
  readonly provider: Provider;
  readonly operation: Operation;
  /** Undefined for a result. */
  readonly code: string | undefined;
  readonly retryAfterMs: number | undefined;
  readonly isTyped: boolean;
  readonly requests: number;
  readonly elapsedMs: number;
  readonly isLate: boolean;
  readonly leaks: readonly string[];
}

/** Makes one call and measures all that is promised of it. */
export async function measure(
  target: { readonly provider: Provider; readonly operation: Operation; readonly apiKey: string },
  run: Pick<Run, 'baseUrl' | 'requests'>,
): Promise<Played> {
  const { provider, operation, apiKey } = target;
  const client = core.createNodeClient({ provider, apiKey, baseUrl: run.baseUrl, timeoutMs: TIMEOUT_MS });
  const start = performance.now();
  const error: unknown = await operate(client, provider, operation, { maxQueueMs: 0, waitMs: WAIT_MS }).then(
    () => undefined,
    (reason: unknown) => reason ?? new Error('rejected with nothing'),
  );
  const elapsed = performance.now() - start;
  const isTyped = error instanceof core.RenderError;
  // What a submit looks up in the job list is no submit.
  const requests = run.requests.filter(({ method }) => operation !== 'submit' || method === 'POST').length;
  const settleMs = operation === 'submit' ? SETTLE_MS : 0;
  const bound = operation === 'wait' ? WAIT_MS : Math.max(1, requests) * TIMEOUT_MS + PAUSES_MS + settleMs;
  return {
    provider,
    operation,
    code: error === undefined ? undefined : isTyped ? error.code : String(error),
    retryAfterMs: isTyped ? error.record.retryAfterMs : undefined,
    isTyped: error === undefined || isTyped,
    requests,
    elapsedMs: Math.round(elapsed),
    isLate: elapsed > bound + SLACK_MS,
    leaks: leaksOf(error, { apiKey, signature: SIGNATURE }),
  };
}

/**
 * Every operation of both providers meets the scenario, each as an account of its own, side by side, on a server of its
 * own: connections are kept, and what one scenario does to them is not for another to find.
 * @returns what is wrong, in words; empty when everything is as promised.
 */
export async function playScenario(scenario: Scenario, otherOrigin: string): Promise<string[]> {
  const server = await startTortureServer();
  const targets = PROVIDERS.flatMap((provider) => OPERATIONS.map((operation) => ({ provider, operation })));
  const play = async ({ provider, operation }: (typeof targets)[number]): Promise<string[]> => {
    const apiKey = freshKey();
    const sound = SOUND[provider][operation];
    const run: Run = server.open(({ path, method }) =>
      operation === 'submit' && method === 'GET'
        ? LIST_REFUSED
        : scenario.answer({ provider, operation, apiKey, url: `${run.baseUrl}${path}`, otherOrigin, sound }),
    );
    return faultsOf(
      await measure({ provider, operation, apiKey }, run),
      scenario.outcome(provider, operation),
      scenario.retryAfterMs,
    );
  };
  try {
    const faults = await Promise.all(targets.map((target) => onAnAwakeMachine(() => play(target))));
    return faults.flat();
  } finally {
    await server.close();
  }
}

/**
 * Client and server share this process. Where it stood still for a good part of a deadline, as it does when the machine
 * gives its time to others, what was measured is the machine, so it is measured again.
 */
export async function onAnAwakeMachine(measured: () => Promise<string[]>): Promise<string[]> {
  for (let round = 1; ; round += 1) {
    const timeLost = watchTimeLost();
    const faults = await measured();
    const lostMs = timeLost();
    if (faults.length === 0) return faults;
    if (lostMs < MOST_LOST_MS || round === MAX_ROUNDS) {
      return faults.map((fault) => `${fault}, with ${Math.round(lostMs)} ms lost to others, in round ${round}`);
    }
  }
}

/** @returns ends the watch and tells the milliseconds in which timers that were due could not fire. */
function watchTimeLost(): () => number {
  let last = performance.now();
  let lost = 0;
  const look = () => {
    const late = performance.now() - last - TICK_MS;
    if (late > TICK_MS) lost += late;
    last = performance.now();
  };
  const timer = setInterval(look, TICK_MS);
  return () => {
    clearInterval(timer);
    look();
    return lost;
  };
}

/** What is wrong with a call that was measured, in words; empty when everything is as promised. */
export function faultsOf(played: Played, expected: Outcome, retryAfterMs?: Scenario['retryAfterMs']): string[] {
  const { provider, operation, code, requests, isTyped, isLate, leaks } = played;
  const [least, most] = expected.requests;
  const asked = played.retryAfterMs;
  const problems = [
    isTyped ? '' : `was rejected with something else: ${code}`,
    code === expected.code ? '' : `came to ${code ?? 'a result'} instead of ${expected.code ?? 'a result'}`,
    requests >= least && requests <= most ? '' : `sent ${requests} requests instead of ${least} to ${most}`,
    isLate ? 'ended after its deadline' : '',
    leaks.length === 0 ? '' : `gave away ${leaks.join(', ')}`,
  ];
  if (code === 'RATE_LIMITED' && retryAfterMs !== undefined && retryAfterMs !== null) {
    const isInside = asked !== undefined && asked >= retryAfterMs[0] && asked <= retryAfterMs[1];
    problems.push(isInside ? '' : `asks for ${asked} ms instead of ${retryAfterMs.join(' to ')}`);
  }
  return problems
    .filter((problem) => problem !== '')
    .map((problem) => `${provider} ${operation} ${problem} (${played.elapsedMs} ms)`);
}
