import type { QueueNotice } from '../contract/client.ts';
import { type JobPage, type JobSnapshot, TERMINAL_STATES } from '../contract/job.ts';
import { type ErrorRecord, RenderError } from '../errors/render-error.ts';
import type { Clock } from '../ports/clock.ts';
import { waitFor } from '../retry/wait-for.ts';
import { lookBudget, lookIntervalMs } from './interval.ts';

/** A job may be missing from the provider's reads for this long after it was accepted. */
const NOT_FOUND_GRACE_MS = 10_000;
/** A list that failed, or that showed none of the jobs, is not asked again for this long. */
const LIST_REST_MS = 60_000;
const BUDGET_WINDOW_MS = 60_000;
/** Looks that have failed for so long leave open whether the job still runs. */
const BLIND_MS = 300_000;
/** Jobs due within this time of each other share one look. */
const SHARE_MS = 1_000;

export interface Listener {
  readonly onLook: (snapshot: JobSnapshot) => void;
  readonly onError: (error: unknown) => void;
  /** A look is delayed by a limit or has failed and will be repeated. */
  readonly onTrouble: (error: ErrorRecord) => void;
}

export interface JobWatcher {
  /** Looks at the job until it has ended or the returned function is called. */
  watch(jobId: string, listener: Listener): () => void;
  /** The jobs to be looked at may have changed. */
  poke(): void;
}

export interface WatcherPorts {
  readonly clock: Clock;
  readonly look: (jobId: string, signal: AbortSignal, onQueued: (notice: QueueNotice) => void) => Promise<JobSnapshot>;
  readonly list: () => Promise<JobPage>;
  readonly requestsPerMinute: () => number;
  /** Jobs to look at although nobody waits for them: submits wait for their slots. */
  readonly wanted: () => readonly string[];
  readonly acceptedAt: (jobId: string) => number | undefined;
  /** Nobody can tell any more whether the job holds its slot: the provider's answer to the next submit decides. */
  readonly onGone: (jobId: string) => void;
}

interface Target {
  readonly jobId: string;
  readonly listeners: Set<Listener>;
  looks: number;
  nextAt: number;
  busy: AbortController | undefined;
  /** Unix milliseconds of the first failed look since the last good one. */
  blindSince?: number | undefined;
}

/** Looks at all jobs of one account that anybody waits for: one look, by list where it can be, serves every waiter. */
export function createJobWatcher(ports: WatcherPorts): JobWatcher {
  const { clock } = ports;
  const targets = new Map<string, Target>();
  let recentLooks: number[] = [];
  let listRestsUntil = 0;
  let isListing = false;
  let isRunning = false;
  let changed = Promise.withResolvers<void>();

  function poke(): void {
    changed.resolve();
    changed = Promise.withResolvers();
    if (!isRunning) void run();
  }

  function intervalOf(looks: number): number {
    const requestsPerRound = clock.now() >= listRestsUntil ? 1 : targets.size;
    return lookIntervalMs({ looks, requestsPerRound, requestsPerMinute: ports.requestsPerMinute() });
  }

  function target(jobId: string): Target {
    const known = targets.get(jobId);
    if (known !== undefined) return known;
    // A job that was just accepted has nothing new to tell; any other may have ended long ago.
    const acceptedAt = ports.acceptedAt(jobId);
    const nextAt = acceptedAt === undefined ? clock.now() : Math.max(clock.now(), acceptedAt + intervalOf(0));
    const added: Target = { jobId, listeners: new Set(), looks: 0, nextAt, busy: undefined };
    targets.set(jobId, added);
    return added;
  }

  function refresh(): void {
    const wanted = new Set(ports.wanted());
    for (const jobId of wanted) target(jobId);
    for (const [jobId, { listeners, busy }] of targets) {
      if (listeners.size > 0 || wanted.has(jobId)) continue;
      targets.delete(jobId);
      busy?.abort();
    }
  }

  /** Unix milliseconds from which the budget of looks allows one more. */
  function budgetFreeAt(): number {
    const now = clock.now();
    recentLooks = recentLooks.filter((time) => time > now - BUDGET_WINDOW_MS);
    const oldest = recentLooks.at(-lookBudget(ports.requestsPerMinute()));
    return oldest === undefined ? now : oldest + BUDGET_WINDOW_MS;
  }

  async function run(): Promise<void> {
    isRunning = true;
    try {
      for (;;) {
        refresh();
        if (targets.size === 0) return;
        const now = clock.now();
        const idle = isListing ? [] : [...targets.values()].filter(({ busy }) => busy === undefined);
        const dueAt = Math.max(budgetFreeAt(), Math.min(...idle.map(({ nextAt }) => nextAt)));
        if (dueAt > now) await waitFor({ clock, until: dueAt, event: changed.promise });
        else lookAt(idle.filter(({ nextAt }) => nextAt <= now + SHARE_MS).sort((a, b) => a.nextAt - b.nextAt));
      }
    } finally {
      isRunning = false;
    }
  }

  /** Starts the looks; their answers poke the loop. */
  function lookAt(due: readonly Target[]): void {
    if (due.length > 1 && clock.now() >= listRestsUntil) return void lookAtAll(due);
    for (const next of due) {
      if (budgetFreeAt() > clock.now()) return;
      void lookAtOne(next);
    }
  }

  async function lookAtAll(due: readonly Target[]): Promise<void> {
    isListing = true;
    recentLooks.push(clock.now());
    let seen: ReadonlyMap<string, JobSnapshot> = new Map();
    try {
      const page = await ports.list();
      seen = new Map(page.jobs.map((job) => [job.id, job]));
    } catch {
      // By id below: that look has the error that matters, if there is one.
    }
    isListing = false;
    if (!due.some(({ jobId }) => seen.has(jobId))) listRestsUntil = clock.now() + LIST_REST_MS;
    for (const one of [...targets.values()]) {
      const snapshot = seen.get(one.jobId);
      if (snapshot === undefined) {
        if (due.includes(one) && one.busy === undefined) void lookAtOne(one);
      } else if (isWhole(snapshot) || one.listeners.size === 0) deliver(one, snapshot);
      else if (one.busy === undefined) void lookAtOne(one);
    }
    poke();
  }

  async function lookAtOne(one: Target): Promise<void> {
    const busy = new AbortController();
    one.busy = busy;
    recentLooks.push(clock.now());
    try {
      const onQueued = ({ error }: QueueNotice) => {
        if (error !== undefined) for (const { onTrouble } of [...one.listeners]) onTrouble(error);
      };
      deliver(one, await ports.look(one.jobId, busy.signal, onQueued));
    } catch (error) {
      if (!busy.signal.aborted) fail(one, error);
    } finally {
      one.busy = undefined;
      poke();
    }
  }

  function deliver(one: Target, snapshot: JobSnapshot): void {
    if (targets.get(one.jobId) !== one) return;
    one.looks += 1;
    one.blindSince = undefined;
    one.nextAt = clock.now() + intervalOf(one.looks);
    if (TERMINAL_STATES.has(snapshot.state)) targets.delete(one.jobId);
    for (const { onLook } of [...one.listeners]) onLook(snapshot);
  }

  function fail(one: Target, error: unknown): void {
    const acceptedAt = ports.acceptedAt(one.jobId);
    one.looks += 1;
    one.nextAt = clock.now() + intervalOf(one.looks);
    const isAbsent = RenderError.isInstance(error) && error.code === 'NOT_FOUND';
    if (isAbsent && acceptedAt !== undefined && clock.now() - acceptedAt < NOT_FOUND_GRACE_MS) return;
    for (const { onError } of [...one.listeners]) onError(error);
    one.blindSince ??= clock.now();
    // A slot ends with its job, not with some trouble on the way: a lease that is lost while the job runs has the next
    // submit refused. But a lease that no look can ever end would hold every other job back for good.
    if (isFinal(error)) {
      targets.delete(one.jobId);
      ports.onGone(one.jobId);
    } else if (clock.now() - one.blindSince >= BLIND_MS) ports.onGone(one.jobId);
  }

  return {
    poke,
    watch(jobId, listener) {
      const watched = target(jobId);
      watched.listeners.add(listener);
      poke();
      return () => {
        watched.listeners.delete(listener);
        poke();
      };
    },
  };
}

/** Whether a list's entry tells all that a look by id would. */
function isWhole({ state, output, error }: JobSnapshot): boolean {
  if (state === 'succeeded') return output !== undefined;
  return state !== 'failed' || error?.providerCode !== undefined;
}

/** Whether looking again would give the same answer: the request or the account is refused, not the moment. */
function isFinal(error: unknown): boolean {
  return RenderError.isInstance(error) && (error.record.category === 'request' || error.record.category === 'account');
}
