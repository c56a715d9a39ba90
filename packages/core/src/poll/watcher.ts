import type { QueueNotice } from '../contract/client.ts';
import { type JobPage, type JobSnapshot, TERMINAL_STATES } from '../contract/job.ts';
import { RenderError } from '../errors/render-error.ts';
import type { Clock } from '../ports/clock.ts';
import { waitFor } from '../retry/wait-for.ts';
import type { Announcements } from './announcements.ts';
import type { Durations } from './durations.ts';
import { nextLookAt } from './look-plan.ts';
import {
  type AcceptedJob,
  createTarget,
  growDeaf,
  isFinal,
  isPassing,
  isWhole,
  type Listener,
  type Target,
  toSubject,
} from './look-target.ts';

/** A job may be missing from the provider's reads for this long after it was accepted. */
const NOT_FOUND_GRACE_MS = 10_000;
/** A list that failed, or that showed none of the jobs, is not asked again for this long. */
const LIST_REST_MS = 60_000;
const MOST_FAILED_LISTS = 3;
/** Looks that have failed for so long leave open whether the job still runs. */
const BLIND_MS = 300_000;
/** A look that failed is not made again sooner. */
const FAILED_REST_MS = 2_000;

export interface JobWatcher {
  /** Looks at the job until it has ended or the returned function is called. */
  watch(jobId: string, listener: Listener): () => void;
  /** A webhook named the job: it is looked at now, if anybody waits for it or for its slot. */
  announce(jobId: string): void;
  /** The jobs to be looked at may have changed. */
  poke(): void;
  /** Unix milliseconds at which the job was last known to run. */
  lastSeenAt(jobId: string): number | undefined;
  status(): { readonly jobs: number; readonly nextLookAt: number | undefined };
}

export interface WatcherPorts {
  readonly clock: Clock;
  readonly durations: Durations;
  readonly announcements: Announcements;
  readonly look: (
    jobId: string,
    signal: AbortSignal,
    onQueued: (notice: QueueNotice) => void,
    /** Whether a webhook has named the job, and whether somebody waits for it, not for its slot alone. */
    why: { readonly isAnnounced: boolean; readonly isAwaited: boolean },
  ) => Promise<JobSnapshot>;
  readonly list: () => Promise<JobPage>;
  /** Requests that the account has left, and until when they must last. */
  readonly budget: () => { readonly requests: number; readonly until: number };
  /** Jobs to look at although nobody waits for them: submits wait for their slots. */
  readonly wanted: () => readonly string[];
  /** Submits that wait for a slot which is idle until a look finds it. */
  readonly waitingSubmits: () => number;
  /** Whether jobs of others hold the slots that submits wait for: lists alone show them. */
  readonly wantsList: () => boolean;
  /** Whether it is still to be seen that lists show running jobs, before a lost submit must be looked for there. */
  readonly wantsProof: () => boolean;
  readonly accepted: (jobId: string) => AcceptedJob | undefined;
  /** Nobody can tell any more whether the job holds its slot: the provider's answer to the next submit decides. */
  readonly onGone: (jobId: string) => void;
  readonly onLooked: (by: 'list' | 'job', jobs: number, ended: number) => void;
}

/** Looks at all jobs of one account that anybody waits for: one look, by list where it can be, serves every waiter. */
export function createJobWatcher(ports: WatcherPorts): JobWatcher {
  const { clock, durations, announcements } = ports;
  const targets = new Map<string, Target>();
  let lookedAt = Number.NEGATIVE_INFINITY;
  let listRestsUntil = 0;
  let isListing = false;
  let failedLists = 0;
  let isRunning = false;
  let plannedAt: number | undefined;
  let changed = Promise.withResolvers<void>();
  /** Jobs that a webhook has named since they were last looked at. */
  const named = new Set<string>();

  function poke(): void {
    changed.resolve();
    changed = Promise.withResolvers();
    if (!isRunning) void run();
  }

  function target(jobId: string): Target {
    const known = targets.get(jobId);
    if (known !== undefined) return known;
    const added = createTarget(jobId, ports.accepted(jobId), clock.now());
    targets.set(jobId, added);
    // The webhook may have come before anybody waited.
    if (announcements.has(jobId)) named.add(jobId);
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

  async function run(): Promise<void> {
    isRunning = true;
    try {
      for (;;) {
        refresh();
        if (targets.size === 0 && !ports.wantsList()) return;
        const idle = isListing ? [] : [...targets.values()].filter(({ busy }) => busy === undefined);
        const { at, look } = nextLook(idle);
        plannedAt = at;
        // What is left of a window is planned for that window alone: with the next one there is more to spend.
        const until = Math.min(at, heardAt(idle), Math.max(ports.budget().until, clock.now() + 1));
        if (at > clock.now()) await waitFor({ clock, until, event: changed.promise });
        else look();
      }
    } finally {
      isRunning = false;
      plannedAt = undefined;
    }
  }

  /** When a job that was announced too often may be looked at for it again. */
  function heardAt(idle: readonly Target[]): number {
    const deaf = idle.filter(({ jobId, deafUntil }) => named.has(jobId) && deafUntil > clock.now());
    return Math.min(...deaf.map(({ deafUntil }) => deafUntil));
  }

  /** The look that comes next, and when. A job that has never been seen, or was announced, cannot wait. */
  function nextLook(idle: readonly Target[]): { readonly at: number; readonly look: () => void } {
    const now = clock.now();
    const urgent = idle.filter(
      ({ seenAt, dueAt, deafUntil, jobId }) =>
        dueAt <= now && (seenAt === undefined || (named.has(jobId) && deafUntil <= now)),
    );
    const canList = now >= listRestsUntil;
    if (urgent.length > 1 && canList) return { at: now, look: () => void lookAtAll(idle) };
    const [first] = urgent;
    if (first !== undefined) return { at: now, look: () => void lookAtOne(first) };
    if (canList && !isListing && (idle.length > 1 || ports.wantsList() || (idle.length === 1 && ports.wantsProof()))) {
      return { at: idle.length > 0 ? planned(idle, lookedAt) : nextListAt(), look: () => void lookAtAll(idle) };
    }
    let next = { at: Number.POSITIVE_INFINITY, look: () => {} };
    for (const one of idle) {
      const at = Math.max(one.dueAt, planned([one], one.lookedAt, idle.length));
      if (at < next.at) next = { at, look: () => void lookAtOne(one) };
    }
    return next;
  }

  /** @param sharers Jobs that share the requests, where each needs looks of its own. */
  function planned(idle: readonly Target[], lastLookAt: number, sharers = 1): number {
    const { requests, until } = ports.budget();
    const share = announcements.share();
    return nextLookAt({
      now: clock.now(),
      lastLookAt,
      subjects: idle.map((one) => toSubject(one, share)),
      durations,
      budget: { requests: requests / sharers, until },
      waitingSubmits: Math.ceil(ports.waitingSubmits() / sharers),
    });
  }

  /** A list that is read for the sake of others' jobs alone: now and then, with half of the requests left. */
  function nextListAt(): number {
    const { requests, until } = ports.budget();
    const spread = Math.max(0, until - clock.now()) / Math.max(1, requests / 2);
    return Math.max(clock.now(), lookedAt + Math.max(FAILED_REST_MS, Math.min(LIST_REST_MS, spread)));
  }

  async function lookAtAll(due: readonly Target[]): Promise<void> {
    isListing = true;
    const sentAt = clock.now();
    lookedAt = sentAt;
    for (const one of due) one.lookedAt = sentAt;
    const namedNow = due.map(({ jobId }) => jobId).filter((jobId) => named.delete(jobId));
    let seen: ReadonlyMap<string, JobSnapshot> = new Map();
    let restMs = 0;
    try {
      const page = await ports.list();
      seen = new Map(page.jobs.map((job) => [job.id, job]));
      if (due.length > 0 && !due.some(({ jobId }) => seen.has(jobId))) restMs = LIST_REST_MS;
      failedLists = 0;
    } catch (error) {
      failedLists += 1;
      isListing = false;
      for (const jobId of namedNow) named.add(jobId);
      // One that fails is made again, in its turn; if it goes on, every job has a look of its own, with its own error.
      if (isPassing(error) && failedLists < MOST_FAILED_LISTS) return poke();
      restMs = LIST_REST_MS;
    }
    isListing = false;
    if (restMs > 0) listRestsUntil = clock.now() + restMs;
    let ended = 0;
    for (const one of [...targets.values()]) {
      const snapshot = seen.get(one.jobId);
      if (snapshot !== undefined && TERMINAL_STATES.has(snapshot.state)) ended += 1;
      if (snapshot === undefined) {
        if (due.includes(one) && one.busy === undefined) void lookAtOne(one);
      } else if (isWhole(snapshot) || one.listeners.size === 0) deliver(one, snapshot, sentAt);
      else if (one.busy === undefined) void lookAtOne(one);
    }
    ports.onLooked('list', due.length, ended);
    poke();
  }

  async function lookAtOne(one: Target): Promise<void> {
    const busy = new AbortController();
    const sentAt = clock.now();
    const wasNamed = named.delete(one.jobId);
    one.busy = busy;
    one.lookedAt = sentAt;
    lookedAt = sentAt;
    try {
      const onQueued = ({ error }: QueueNotice) => {
        if (error !== undefined) for (const { onTrouble } of [...one.listeners]) onTrouble(error);
      };
      const snapshot = await ports.look(one.jobId, busy.signal, onQueued, {
        isAnnounced: wasNamed,
        isAwaited: one.listeners.size > 0,
      });
      deliver(one, snapshot, sentAt);
      if (wasNamed) growDeaf(one, clock.now());
      ports.onLooked('job', 1, TERMINAL_STATES.has(snapshot.state) ? 1 : 0);
    } catch (error) {
      if (!busy.signal.aborted) fail(one, error, sentAt);
    } finally {
      one.busy = undefined;
      poke();
    }
  }

  function deliver(one: Target, snapshot: JobSnapshot, sentAt: number): void {
    if (targets.get(one.jobId) !== one) return;
    one.blindSince = undefined;
    // A job from elsewhere is as old as the provider says, where that is believable.
    const { createdAt } = snapshot;
    if (one.seenAt === undefined && createdAt !== undefined && createdAt < one.bornAt) one.bornAt = createdAt;
    one.seenAt = sentAt;
    if (TERMINAL_STATES.has(snapshot.state)) targets.delete(one.jobId);
    for (const { onLook } of [...one.listeners]) onLook(snapshot);
  }

  function fail(one: Target, error: unknown, sentAt: number): void {
    const now = clock.now();
    const acceptedAt = ports.accepted(one.jobId)?.acceptedAt;
    one.dueAt = now + FAILED_REST_MS;
    one.seenAt ??= one.bornAt;
    const isAbsent = RenderError.isInstance(error) && error.code === 'NOT_FOUND';
    if (isAbsent && acceptedAt !== undefined && now - acceptedAt < NOT_FOUND_GRACE_MS) return;
    for (const { onError } of [...one.listeners]) onError(error);
    one.blindSince ??= sentAt;
    // A slot ends with its job, not with some trouble on the way: a lease that is lost while the job runs has the next
    // submit refused. But a lease that no look can ever end would hold every other job back for good.
    if (isFinal(error)) {
      targets.delete(one.jobId);
      ports.onGone(one.jobId);
    } else if (now - one.blindSince >= BLIND_MS) ports.onGone(one.jobId);
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
    announce(jobId) {
      refresh();
      if (!targets.has(jobId)) return;
      named.add(jobId);
      poke();
    },
    lastSeenAt: (jobId) => targets.get(jobId)?.seenAt,
    status: () => ({ jobs: targets.size, nextLookAt: plannedAt }),
  };
}
