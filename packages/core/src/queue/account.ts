import type { ClientPorts, QueueNotice } from '../contract/client.ts';
import { type JobPage, type JobSnapshot, TERMINAL_STATES } from '../contract/job.ts';
import type { AccountLimits, ListOptions, RenderProvider, WireCall } from '../contract/provider.ts';
import { readRateWindow } from '../decode/rate-headers.ts';
import { RenderError } from '../errors/render-error.ts';
import { createJobWatcher, type JobWatcher } from '../poll/watcher.ts';
import type { HttpResponse } from '../ports/http-transport.ts';
import type { Repeatability } from '../retry/policy.ts';
import { repeat } from '../retry/repeat.ts';
import { runUntil } from '../retry/wait-for.ts';
import { type Endpoint, exchange, sendStateOf } from '../transport/exchange.ts';
import { withoutKey } from '../transport/key-guard.ts';
import { readAnswer } from '../transport/read-answer.ts';
import { createJobSlots, type JobSlots } from './job-slots.ts';
import { createRateGate, type Ticket } from './rate-gate.ts';

const MAX_ATTEMPTS = 4;
/** Looks of a waiting caller are more patient: they sit out some ten seconds of trouble on the provider's side. */
const MAX_LOOK_ATTEMPTS = 6;
/** Jobs beyond the cap that are handed to a provider that queues, so that it refills its own slots at once. */
const BACKLOG = 2;
const LIST_PAGE = 100;
/** A turn at an open gate comes at once; even a call without patience waits this long for those before it. */
const TURN_MS = 1_000;

/** Who goes first when several calls wait for the rate gate. */
export const PRIORITY = { submit: 10, call: 5, look: 0 } as const;

export interface CallPlan {
  readonly priority: number;
  readonly repeatability: Repeatability;
  readonly isSubmit?: boolean;
  readonly maxAttempts?: number;
  /** Unix milliseconds until which the account's limits are waited for. */
  readonly until: number;
  readonly signal?: AbortSignal | undefined;
  readonly onQueued?: ((notice: QueueNotice) => void) | undefined;
  readonly onSend?: (() => void) | undefined;
  /** Told of every attempt that may have done its work although it failed. */
  readonly onLost?: () => void;
}

export type LookPlan = Pick<CallPlan, 'priority' | 'until' | 'signal' | 'maxAttempts' | 'onQueued'>;

/** What every client of one account shares: its rate gate, its job slots and its watcher. */
export interface Account {
  readonly provider: RenderProvider;
  readonly ports: ClientPorts;
  readonly slots: JobSlots;
  readonly watcher: JobWatcher;
  /** Makes a call inside the account's limits, repeats it as the policy allows, and reads its 2xx answer. */
  call<T>(call: WireCall, plan: CallPlan, read: (response: HttpResponse) => T): Promise<T>;
  /** One look; an error answer that tells of the job's own end is a failed job, not an error. */
  look(
    jobId: string,
    plan: Pick<CallPlan, 'priority' | 'until' | 'signal' | 'maxAttempts' | 'onQueued'>,
  ): Promise<JobSnapshot>;
  list(options: ListOptions, plan: LookPlan): Promise<JobPage>;
  /** Takes note of a job as it was just read. Gives it without anything that could hold the key. */
  observe(snapshot: JobSnapshot): JobSnapshot;
  /** The URL of a path of the API. */
  urlOf(path: string): string;
  /** The headers that authenticate a request to `url`; none unless it has the origin of the base URL. */
  authorize(url: string): Readonly<Record<string, string>>;
  /** Believes these limits of the plan from now on. */
  setLimits(limits: Partial<AccountLimits>): void;
  /** Carries on with another client's endpoint and with what it states of the plan. */
  reopen(endpoint: Endpoint, limits?: Partial<AccountLimits>): void;
}

/** @param limits What is known of the account's plan; the provider's smallest plan is assumed for the rest. */
export function createAccount(opened: Endpoint, ports: ClientPorts, limits: Partial<AccountLimits>): Account {
  const { provider, apiKey } = opened;
  let endpoint = opened;
  const { clock, random } = ports;
  const capacityFor = (jobs: number) => Math.max(1, jobs) + (provider.overCap === 'queue' ? BACKLOG : 0);
  const gate = createRateGate({
    clock,
    random,
    provider: provider.id,
    requestsPerMinute: limits.requestsPerMinute ?? provider.defaultLimits.requestsPerMinute,
    isGuess: limits.requestsPerMinute === undefined && provider.tellsRateWindow,
  });
  // One at a time passes the gate, the most urgent first; the requests themselves then run side by side.
  const turnstile = ports.lanes({ concurrency: 1 });
  const slots: JobSlots = createJobSlots({
    clock,
    provider: provider.id,
    capacity: capacityFor(limits.concurrentJobs ?? provider.defaultLimits.concurrentJobs),
    onDemand: () => watcher.poke(),
  });
  const lookPlan = { priority: PRIORITY.look, until: Number.POSITIVE_INFINITY };
  const watcher: JobWatcher = createJobWatcher({
    clock,
    look: (jobId, signal, onQueued) => look(jobId, { ...lookPlan, signal, onQueued, maxAttempts: MAX_LOOK_ATTEMPTS }),
    // A list that fails is not worth repeating: the jobs are then looked at one by one.
    list: () => list({ limit: LIST_PAGE }, { ...lookPlan, maxAttempts: 1 }),
    requestsPerMinute: () => gate.limit(),
    wanted: () => (slots.isWanted() ? slots.heldJobs() : []),
    acceptedAt: slots.acceptedAt,
    onGone: slots.ended,
  });

  /** One attempt: through the gate, on the wire, and any answer that holds no result thrown as what it means. */
  async function attempt<T>(
    call: WireCall,
    plan: CallPlan,
    read: (response: HttpResponse) => T,
    attempts: number,
    onSend: () => void,
  ): Promise<T> {
    const { priority, signal } = plan;
    const opensAt = gate.opensAt();
    if (opensAt > clock.now()) {
      if (opensAt > plan.until) throw gate.refusal();
      plan.onQueued?.({ reason: 'rate', attempts, nextAttemptAt: opensAt, error: gate.refusal().record });
    }
    const ticket = await runUntil({
      clock,
      until: Math.max(plan.until, clock.now() + TURN_MS),
      signal,
      task: (inner) => turnstile.run(() => enter(inner), { priority, signal: inner }),
      onTime: () => gate.refusal(),
    });
    let settled: Parameters<typeof gate.settle>[1];
    try {
      onSend();
      plan.onSend?.();
      const response = await exchange(endpoint, call, signal);
      const window = readRateWindow(response.headers, clock.now());
      const isAnswer = response.status >= 200 && response.status < 300;
      settled = { window };
      try {
        if (isAnswer || call.answers?.includes(response.status)) return readAnswer(endpoint, response, read);
        throw provider.readError(response, clock.now());
      } catch (error) {
        // Also one inside a 2xx: a refusal that did not close the gate would be asked for again at once, for ever.
        const isRefusal = RenderError.isInstance(error) && error.code === 'RATE_LIMITED';
        settled = { window, refusal: isRefusal ? error : undefined };
        throw error;
      }
    } finally {
      gate.settle(ticket, settled);
    }
  }

  /** Passes the gate; a ticket that comes in the instant in which its caller leaves goes back. */
  async function enter(signal: AbortSignal): Promise<Ticket> {
    const ticket = await gate.pass(signal);
    if (signal.aborted) gate.settle(ticket);
    return ticket;
  }

  async function call<T>(wire: WireCall, plan: CallPlan, read: (response: HttpResponse) => T): Promise<T> {
    const { signal, until, repeatability, onQueued, onLost, isSubmit = false, maxAttempts = MAX_ATTEMPTS } = plan;
    let attempts = 0;
    return repeat({
      attempt: async (onSend) => {
        const count = () => {
          attempts += 1;
          onSend();
        };
        try {
          return await attempt(wire, plan, read, attempts, count);
        } catch (error) {
          if (isSubmit && RenderError.isInstance(error) && error.code === 'CONCURRENCY_LIMITED') slots.refused();
          throw error;
        }
      },
      clock,
      random,
      signal,
      until,
      repeatability,
      isSubmit,
      maxAttempts,
      onQueued,
      onLost,
      sendStateOf,
      isDefinite: ({ record }) => Object.hasOwn(provider.errors, record.providerCode?.toUpperCase() ?? ''),
      waitForSlot: (slotUntil) => slots.waitForEnd(slotUntil, signal),
      holdsSlots: () => slots.heldJobs().length > 0,
    });
  }

  async function look(jobId: string, plan: LookPlan): Promise<JobSnapshot> {
    try {
      const read = (response: HttpResponse) => provider.readJob(response, jobId);
      const snapshot = observe(await call(provider.get(jobId), { ...plan, repeatability: 'safe' }, read));
      // Also where the answer spells the id in another way.
      if (TERMINAL_STATES.has(snapshot.state)) slots.ended(jobId);
      return snapshot;
    } catch (thrown) {
      if (!RenderError.isInstance(thrown)) throw thrown;
      const error = thrown.with({ jobId });
      if (!tellsTheEnd(error)) throw error;
      const { record } = error;
      const providerState = record.providerCode ?? record.code;
      return observe({ provider: provider.id, id: jobId, state: 'failed', providerState, error: record });
    }
  }

  async function list(options: ListOptions, plan: LookPlan): Promise<JobPage> {
    const page = await call(provider.list(options), { ...plan, repeatability: 'safe' }, provider.readList);
    return { ...page, jobs: page.jobs.map(observe) };
  }

  function observe(snapshot: JobSnapshot): JobSnapshot {
    if (TERMINAL_STATES.has(snapshot.state)) slots.ended(snapshot.id);
    const { error, providerState } = snapshot;
    return {
      ...snapshot,
      providerState: withoutKey(providerState, apiKey),
      ...(error !== undefined && { error: withoutKey(error, apiKey) }),
    };
  }

  function urlOf(path: string): string {
    return `${endpoint.baseUrl}${path}`;
  }

  function authorize(url: string): Readonly<Record<string, string>> {
    const isOwn = URL.canParse(url) && new URL(url).origin === new URL(endpoint.baseUrl).origin;
    return isOwn ? provider.authHeaders(apiKey) : {};
  }

  function reopen(newest: Endpoint, limits: Partial<AccountLimits> = {}): void {
    endpoint = newest;
    setLimits(limits);
  }

  function setLimits({ requestsPerMinute, concurrentJobs }: Partial<AccountLimits>): void {
    if (requestsPerMinute !== undefined) gate.setLimit(requestsPerMinute);
    if (concurrentJobs !== undefined) slots.setCapacity(capacityFor(concurrentJobs));
  }

  return { provider, ports, slots, watcher, call, look, list, observe, urlOf, authorize, setLimits, reopen };
}

/** Whether an error answer to a look speaks of the job rather than of the look (PhantomFlow: RENDER_FAILED is a 500). */
function tellsTheEnd({ code, record }: RenderError): boolean {
  if (record.httpStatus === undefined || record.providerCode === undefined) return false;
  return record.category === 'render' || code === 'OUTPUT_EXPIRED' || code === 'SOURCE_UNUSABLE';
}
