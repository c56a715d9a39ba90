import type { AccountListener } from '../contract/account-event.ts';
import type { AccountState } from '../contract/account-state.ts';
import type { ClientPorts } from '../contract/client.ts';
import { type JobPage, type JobSnapshot, TERMINAL_STATES } from '../contract/job.ts';
import type { AccountLimits, ListOptions, RenderProvider, WireCall } from '../contract/provider.ts';
import { RenderError } from '../errors/render-error.ts';
import { type AccountEvents, createAccountEvents } from '../observe/account-events.ts';
import { createAnnouncements } from '../poll/announcements.ts';
import { createDurations } from '../poll/durations.ts';
import type { AcceptedJob } from '../poll/look-target.ts';
import { createJobWatcher, type JobWatcher } from '../poll/watcher.ts';
import type { HttpResponse } from '../ports/http-transport.ts';
import { createBreaker } from '../retry/breaker.ts';
import type { Repeatability } from '../retry/policy.ts';
import { type DoubtfulAttempt, repeat } from '../retry/repeat.ts';
import { createRetryBudget } from '../retry/retry-budget.ts';
import { type Endpoint, sendStateOf } from '../transport/exchange.ts';
import { withoutKey } from '../transport/key-guard.ts';
import { readAccountState } from './account-state.ts';
import { createCreditPause } from './credit-pause.ts';
import { createJobBook } from './job-book.ts';
import { createJobSlots, type JobSlots } from './job-slots.ts';
import { createRateGate, type RateGate } from './rate-gate.ts';
import { createRequestDesk, type RequestPlan } from './request-desk.ts';
import { createServerClock } from './server-clock.ts';
import type { SettleTools } from './settle-submit.ts';
import { createSubmitDesk, type Hold, type QueuedSubmit, type SubmitDesk } from './submit-desk.ts';

const MAX_ATTEMPTS = 4;
/** A submit that is protected against running twice, and a look that somebody waits for, sit out some trouble. */
const MAX_SUBMIT_ATTEMPTS = 6;
/** A fault that the provider itself tells of may well be one of this very request: whoever waits should hear of it soon. */
const MAX_SUBMIT_FAULTS = { keyed: 4, unkeyed: 3 } as const;
const MAX_LOOK_ATTEMPTS = 7;
const LIST_PAGE = 100;
/** Keyed submits need no order; so many of them may be on the wire together. */
const MOST_SIDE_BY_SIDE = 32;
const FOREVER = Number.POSITIVE_INFINITY;

export interface CallPlan<T = unknown> extends RequestPlan {
  readonly repeatability: Repeatability;
  readonly maxAttempts?: number | undefined;
  /** Told of every attempt that may have done its work although it failed. */
  readonly onLost?: (() => void) | undefined;
  /** Finds out what became of such an attempt where nothing protects a repeat. */
  readonly settle?: ((doubt: DoubtfulAttempt) => Promise<T | undefined>) | undefined;
}

/** What every call that only reads may ask for. */
export type LookPlan = RequestPlan & Pick<CallPlan, 'maxAttempts'>;

/** What every client of one account shares: its rate gate, its job slots, the line of its submits and its watcher. */
export interface Account {
  readonly provider: RenderProvider;
  readonly ports: ClientPorts;
  readonly slots: JobSlots;
  readonly desk: SubmitDesk<QueuedSubmit>;
  readonly watcher: JobWatcher;
  readonly events: AccountEvents;
  /** What it takes to settle a submit in doubt. */
  readonly settling: SettleTools;
  readonly gate: RateGate;
  timeoutMs(): number;
  /** Makes a call inside the account's limits, repeats it as the policy allows, and reads its 2xx answer. */
  call<T>(call: WireCall, plan: CallPlan<T>, read: (response: HttpResponse) => T): Promise<T>;
  /** One look; an error answer that tells of the job's own end is a failed job, not an error. */
  look(jobId: string, plan: LookPlan): Promise<JobSnapshot>;
  list(options: ListOptions, plan: LookPlan): Promise<JobPage>;
  /** Takes note of a job that was just submitted. */
  accepted(snapshot: JobSnapshot, kind: string, isAnnounced: boolean): void;
  /** Milliseconds in which a slot of the plan is expected to come free, were all of them taken by jobs of this kind. */
  expectedSlotMs(kind: string): number;
  /** Takes note of what a submit was refused with. */
  refused(error: RenderError): void;
  /** A submit in doubt holds back all others until the returned function is called. */
  holdForDoubt(): () => void;
  /** Takes note of a job as it was just read. Gives it without anything that could hold the key. */
  observe(snapshot: JobSnapshot): JobSnapshot;
  /** A webhook named this job. */
  announce(jobId: string): void;
  /** The URL of a path of the API. */
  urlOf(path: string): string;
  /** The headers that authenticate a request to `url`; none unless it has the origin of the base URL. */
  authorize(url: string): Readonly<Record<string, string>>;
  /** Believes these limits of the plan from now on. */
  setLimits(limits: Partial<AccountLimits>): void;
  /** Carries on with another client's endpoint and with what it states of the plan. */
  reopen(endpoint: Endpoint, limits?: Partial<AccountLimits>): void;
  subscribe(listener: AccountListener): () => void;
  state(): AccountState;
}

/** @param limits What is known of the account's plan; the provider's smallest plan is assumed for the rest. */
export function createAccount(opened: Endpoint, ports: ClientPorts, limits: Partial<AccountLimits>): Account {
  const { provider, apiKey } = opened;
  const { clock, random } = ports;
  let endpoint = opened;
  let doubts = 0;
  const events = createAccountEvents(clock);
  const budget = createRetryBudget(clock);
  const durations = createDurations();
  const announcements = createAnnouncements();
  const book = createJobBook(clock);
  const serverClock = createServerClock();
  const pause = createCreditPause(clock);
  const jobs = new Map<string, AcceptedJob>();
  const gate = createRateGate({
    clock,
    random,
    provider: provider.id,
    requestsPerMinute: limits.requestsPerMinute ?? provider.defaultLimits.requestsPerMinute,
    isGuess: limits.requestsPerMinute === undefined && provider.tellsRateWindow,
    probesFirst: provider.tellsRateWindow,
  });
  const breaker = createBreaker({
    clock,
    random,
    onChange(until) {
      events.emit(
        until === undefined ? { type: 'breaker', state: 'closed' } : { type: 'breaker', state: 'open', until },
      );
      desk.poke();
    },
  });
  const requests = createRequestDesk({ endpoint: () => endpoint, ports, gate, breaker, serverClock, events });
  const slots: JobSlots = createJobSlots({
    clock,
    capacity: capacityFor(provider, limits.concurrentJobs ?? provider.defaultLimits.concurrentJobs),
    onChange(change) {
      if (change !== 'room') {
        const { taken, capacity } = slots.count();
        events.emit({ type: change === 'leased' ? 'slot-leased' : 'slot-freed', taken, capacity });
      }
      if (change !== 'leased') desk.poke();
    },
  });
  const desk: SubmitDesk<QueuedSubmit> = createSubmitDesk({
    clock,
    provider: provider.id,
    slots,
    sideBySide: provider.idempotentSubmit ? MOST_SIDE_BY_SIDE : 1,
    held,
    onQueued(owner, waiting) {
      events.emit({ type: 'submit-queued', owner, waiting });
      watcher.poke();
    },
    onEmpty: () => watcher.poke(),
  });
  const lookPlan = { purpose: 'look', until: FOREVER } as const;
  const watcher: JobWatcher = createJobWatcher({
    clock,
    durations,
    announcements,
    look: (jobId, signal, onQueued, { isAnnounced, isAwaited }) =>
      look(jobId, { ...lookPlan, signal, onQueued, isAnnounced, maxAttempts: isAwaited ? MAX_LOOK_ATTEMPTS : 1 }),
    // A list that fails is not worth repeating: the jobs are then looked at one by one.
    list: () => newest({ ...lookPlan, maxAttempts: 1 }, false),
    budget: gate.budget,
    wanted: () => (desk.isWanted() ? slots.heldJobs() : []),
    // Where the provider has a backlog of ours, an end that is seen late leaves no slot idle.
    waitingSubmits: () => (provider.overCap === 'queue' ? 0 : desk.waiting),
    wantsList: () => desk.isWanted() && desk.hold()?.by === 'slot' && book.mayTell() && roomIsElsewhere(),
    wantsProof: () => !provider.idempotentSubmit && desk.isWanted() && book.listLagMs() === FOREVER,
    accepted: (jobId) => jobs.get(jobId),
    onGone: slots.ended,
    onLooked: (by, looked, ended) => events.emit({ type: 'look', by, jobs: looked, ended }),
  });

  /** Whether the plan has room that jobs of others, or a refusal, keep from being used. */
  function roomIsElsewhere(): boolean {
    const { taken, capacity } = slots.count();
    return taken < capacity;
  }

  function held(isFresh: boolean): Hold | undefined {
    if (doubts > 0) return { by: 'doubt', until: FOREVER };
    if (isFresh) return undefined;
    const credits = pause.current();
    if (credits !== undefined) return { by: 'credits', ...credits };
    const downUntil = breaker.opensAt();
    if (downUntil > clock.now()) return { by: 'outage', until: downUntil, error: breaker.lastError() };
    // After a rest one submit finds out how things are; the others wait for its answer.
    if (desk.onWire() === 0) return undefined;
    const refusal = pause.lastRefusal();
    if (refusal !== undefined) return { by: 'credits', until: FOREVER, error: refusal };
    return breaker.isDown() ? { by: 'outage', until: FOREVER, error: breaker.lastError() } : undefined;
  }

  async function call<T>(wire: WireCall, plan: CallPlan<T>, read: (response: HttpResponse) => T): Promise<T> {
    const { signal, repeatability, onQueued, onLost, settle } = plan;
    const { maxAttempts = plan.purpose === 'submit' ? MAX_SUBMIT_ATTEMPTS : MAX_ATTEMPTS } = plan;
    let attempts = 0;
    return repeat({
      attempt(onSend) {
        return requests.send(wire, plan, read, attempts, () => {
          attempts += 1;
          onSend();
        });
      },
      clock,
      random,
      budget,
      signal,
      repeatability,
      maxAttempts,
      maxFaults: plan.purpose === 'submit' && repeatability !== 'safe' ? MAX_SUBMIT_FAULTS[repeatability] : undefined,
      onLost,
      settle,
      sendStateOf,
      isDefinite: ({ record }) => Object.hasOwn(provider.errors, record.providerCode?.toUpperCase() ?? ''),
      onRetry(error, nextAttemptAt, made) {
        events.emit({ type: 'retry', purpose: plan.purpose, attempts: made, nextAttemptAt, error: error.record });
        onQueued?.({ reason: 'retry', attempts: made, nextAttemptAt, error: error.record });
      },
    }).catch((error: unknown) => {
      if (RenderError.isInstance(error)) stopIfUnknown(error);
      throw error;
    });
  }

  /** A key that the provider does not know, or an account that it has suspended, will not do for what waits either. */
  function stopIfUnknown(error: RenderError): void {
    if (error.code !== 'UNAUTHENTICATED' && error.code !== 'ACCOUNT_SUSPENDED') return;
    if (error.record.httpStatus === undefined) return;
    const refused = desk.refuseAll(error);
    events.emit({ type: 'account-stopped', refused, error: error.record });
  }

  async function look(jobId: string, plan: LookPlan): Promise<JobSnapshot> {
    book.own(jobId);
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
    book.learnFrom(page);
    return { ...page, jobs: page.jobs.map(observe) };
  }

  /** The largest page of the newest jobs, which also tells of the jobs of others. */
  async function newest(plan: LookPlan, isSettling: boolean): Promise<JobPage> {
    const before = desk.sent();
    const page = await list({ limit: LIST_PAGE }, plan);
    // A submit that was on the wire at any time meanwhile may have made what looks like a stranger's job.
    const foreign = book.saw(page, isSettling || desk.onWire() > 0 || desk.sent() !== before);
    if (foreign !== undefined) slots.sawForeign(foreign.running);
    return page;
  }

  function observe(snapshot: JobSnapshot): JobSnapshot {
    if (TERMINAL_STATES.has(snapshot.state)) noteEnd(snapshot);
    const { error, providerState } = snapshot;
    return {
      ...snapshot,
      providerState: withoutKey(providerState, apiKey),
      ...(error !== undefined && { error: withoutKey(error, apiKey) }),
    };
  }

  function noteEnd({ id, state, createdAt, completedAt }: JobSnapshot): void {
    const job = jobs.get(id);
    if (job !== undefined) {
      jobs.delete(id);
      const age = clock.now() - job.acceptedAt;
      const isTold = createdAt !== undefined && completedAt !== undefined && completedAt > createdAt;
      const told = isTold ? completedAt - createdAt : announcements.has(id) ? age : undefined;
      const seen = Math.max(0, (watcher.lastSeenAt(id) ?? job.acceptedAt) - job.acceptedAt);
      durations.ended(job.kind, told ?? seen, told ?? age);
      if (job.isAnnounced) announcements.ended(id);
      events.emit({ type: 'job-ended', jobId: id, state, ageMs: age });
    }
    slots.ended(id);
  }

  function setLimits({ requestsPerMinute, concurrentJobs }: Partial<AccountLimits>): void {
    if (requestsPerMinute !== undefined) gate.setLimit(requestsPerMinute);
    if (concurrentJobs !== undefined) slots.setCapacity(capacityFor(provider, concurrentJobs));
  }

  const account: Account = {
    provider,
    ports,
    slots,
    gate,
    desk,
    watcher,
    events,
    settling: {
      clock,
      book,
      list: (signal) => newest({ purpose: 'settle', until: FOREVER, signal, maxAttempts: 1 }, true),
      serverTime: serverClock.at,
      othersSeenAt: () => Math.max(book.othersSeenAt(), gate.othersSeenAt()),
      othersOnWire: () => desk.onWire() > 1,
    },
    timeoutMs: () => endpoint.timeoutMs,
    call,
    look,
    list,
    accepted(snapshot, kind, isAnnounced) {
      pause.accepted();
      book.submitted(snapshot.id, serverClock.at(clock.now()));
      if (TERMINAL_STATES.has(snapshot.state)) return;
      jobs.set(snapshot.id, { kind, isAnnounced, acceptedAt: clock.now() });
      if (announcements.has(snapshot.id)) watcher.announce(snapshot.id);
      else watcher.poke();
    },
    expectedSlotMs: (kind) => durations.mean(kind) / slots.count().capacity,
    refused(error) {
      if (error.code !== 'INSUFFICIENT_CREDITS') return;
      const until = pause.refused(error);
      events.emit({ type: 'submits-paused', until, error: error.record });
    },
    holdForDoubt() {
      doubts += 1;
      return () => {
        doubts -= 1;
      };
    },
    observe,
    announce(jobId) {
      announcements.heard(jobId);
      watcher.announce(jobId);
    },
    urlOf: (path) => `${endpoint.baseUrl}${path}`,
    authorize(url) {
      const isOwn = URL.canParse(url) && new URL(url).origin === new URL(endpoint.baseUrl).origin;
      return isOwn ? provider.authHeaders(apiKey) : {};
    },
    setLimits,
    reopen(next, stated = {}) {
      // Nobody's attempts are cut short by another client's lesser patience.
      endpoint = { ...next, timeoutMs: Math.max(endpoint.timeoutMs, next.timeoutMs) };
      setLimits(stated);
    },
    subscribe: events.subscribe,
    state: () => readAccountState({ clock, endpoint, gate, slots, desk, watcher, breaker }),
  };
  return account;
}

/** Jobs that a provider that queues is given beyond its cap, so that it refills its own slots at once. */
function capacityFor({ overCap }: RenderProvider, concurrentJobs: number): number {
  const jobs = Math.max(1, concurrentJobs);
  return overCap === 'queue' ? jobs + Math.max(2, Math.ceil(jobs / 4)) : jobs;
}

/** Whether an error answer to a look speaks of the job rather than of the look (PhantomFlow: RENDER_FAILED is a 500). */
function tellsTheEnd({ code, record }: RenderError): boolean {
  if (record.httpStatus === undefined || record.providerCode === undefined) return false;
  return record.category === 'render' || code === 'OUTPUT_EXPIRED' || code === 'SOURCE_UNUSABLE';
}
