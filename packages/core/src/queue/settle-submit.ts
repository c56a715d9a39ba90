import type { JobPage, JobSnapshot } from '../contract/job.ts';
import { TERMINAL_STATES } from '../contract/job.ts';
import type { Settlement } from '../contract/recovery.ts';
import { RenderError } from '../errors/render-error.ts';
import type { Clock } from '../ports/clock.ts';
import { waitFor } from '../retry/wait-for.ts';
import { type JobBook, UNSETTLED_MS } from './job-book.ts';
import type { Arrival } from './request-count.ts';

/** Milliseconds from the loss to the first look at the list; each further one takes three times as long. */
const FIRST_LOOK_MS = 500;
const STEP_FACTOR = 3;
const LONGEST_STEP_MS = 5_000;
/** A lost submit may be carried out this long after its connection broke. */
const GRACE_MS = 10_000;
/** The provider has answered with a fault of its own: what it did, it has done. */
const ANSWERED_GRACE_MS = 1_000;
/** Where nothing could prove that it never arrived, waiting longer than a job takes to show is in vain. */
const HOPELESS_GRACE_MS = 3_000;
/** A list that cannot be read for so long after the grace will not settle anything. */
const PATIENCE_MS = 60_000;
/** Answers in a row that are no list of jobs. */
const MOST_USELESS = 2;
const UNKNOWN_CLOCK_MS = 2_000;
const CUT_MS = 1_000;
const BLUR_MS = 100;
/** A submit that arrived makes its job at once, as a rule. */
const PROMPT_MS = 2_000;
/** A list that was slow to show a job may be slower the next time. */
const LAG_FACTOR = 1.5;
/** After so long without a sign of other programs, the account counts as ours alone again. */
const SHARED_LIFE_MS = 600_000;

export interface Doubt {
  /** Why it is not known. */
  readonly error: RenderError;
  /** Unix milliseconds, our clock, before which the job cannot have been created. */
  readonly sentAt: number;
  /** Unix milliseconds at which the answer was lost, for a submit of an earlier process. Default: now. */
  readonly lostAt?: number;
  /** When other submits went out whose outcome is unknown as well. Default: what the book remembers of them. */
  readonly rivals?: readonly number[] | undefined;
  /** Whether the provider itself answered, with a code of its tables. */
  readonly isDefinite: boolean;
  /** Whether it went unanswered for as long as an attempt may take: it may be carried out as late as that again. */
  readonly wasSilent: boolean;
  /** Milliseconds that an attempt may take. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  /** What the provider's own count of requests tells of the submit; undefined where it tells none. */
  readonly arrival: () => Arrival | undefined;
}

export interface SettleTools {
  readonly clock: Clock;
  readonly book: JobBook;
  /** The newest jobs of the account; one attempt, inside its limits. */
  readonly list: (signal: AbortSignal | undefined) => Promise<JobPage>;
  /** The provider's time at a moment of ours. */
  readonly serverTime: (nowMs: number) => number | undefined;
  /** Unix milliseconds at which other programs were last seen to use the account; -Infinity where they never were. */
  readonly othersSeenAt: () => number;
  /** Whether another submit is on the wire: a new job may be its. */
  readonly othersOnWire: () => boolean;
}

/**
 * Finds out what became of a submit that carried no idempotency key and whose answer was lost. Nothing else may be submitted
 * meanwhile. One new job in the list is its job, unless other programs submit to the account as well; no new job after a
 * grace means that it never arrived, provided that lists are known to show jobs. In all other cases nobody can tell, and a
 * guess would either be billed twice or hand one job's result to another.
 * @throws {RenderError} CANCELLED when the signal aborts first.
 */
export async function settleSubmit(tools: SettleTools, doubt: Doubt): Promise<Settlement> {
  const { clock, book } = tools;
  const begunAt = clock.now();
  // A time to come is one of a clock that was set back since: the grace then begins anew.
  const lostAt = Math.min(begunAt, doubt.lostAt ?? begunAt);
  const graceEnds = lostAt + graceOf(doubt, book.listLagMs());
  const firstStep = doubt.isDefinite ? ANSWERED_GRACE_MS : FIRST_LOOK_MS;
  let step = Math.max(0, lostAt + firstStep - begunAt);
  let useless = 0;
  for (;;) {
    const now = clock.now();
    // The look that concludes comes right after the grace, not a step later.
    const at = now < graceEnds ? Math.min(now + step, graceEnds) : now + step;
    await waitFor({ clock, until: at, signal: doubt.signal });
    step = Math.min(LONGEST_STEP_MS, Math.max(step, firstStep) * STEP_FACTOR);
    const isLate = clock.now() >= graceEnds;
    const isOver = clock.now() > Math.max(begunAt, graceEnds) + PATIENCE_MS;
    if (tools.othersOnWire()) {
      if (isOver) return unknown('another submit stayed on the wire');
      continue;
    }
    try {
      const page = await tools.list(doubt.signal);
      // One that has left meanwhile may have its job in this list before its answer has come.
      if (tools.othersOnWire()) continue;
      const arrival = doubt.arrival();
      const verdict = judge(tools, doubt, page, arrival, isLate);
      useless = 0;
      if (verdict === 'wait') continue;
      if (verdict !== undefined) return verdict;
      const isHopeless = arrival === undefined && book.listLagMs() === Number.POSITIVE_INFINITY;
      if (isLate || (isHopeless && clock.now() - begunAt >= HOPELESS_GRACE_MS))
        return conclude(tools, doubt, page, arrival);
    } catch (error) {
      if (!RenderError.isInstance(error) || error.code === 'CANCELLED') throw error;
      if (!isPassing(error)) useless += 1;
      if (useless >= MOST_USELESS) return unknown(`the job list cannot be read (${error.code})`);
      if (isOver) return unknown(`the job list stayed out of reach (${error.code})`);
    }
  }
}

/** What it means that no list has shown it by the end of the grace. */
function conclude(
  { book, clock, serverTime }: SettleTools,
  { isDefinite, sentAt, lostAt }: Doubt,
  page: JobPage,
  arrival: Arrival | undefined,
): Settlement {
  if (arrival === 'never' || arrival === 'hardly') return { outcome: 'absent' };
  if (arrival === 'arrived' && !isDefinite)
    return unknown('the provider has counted the request, but lists show no job of it');
  // A list shows a new job if it shows the newest one that is known, and has shown one while it ran.
  // Of a process that was away, the list may have moved on: it must show what is older, or everything.
  const reachesBack = page.jobs.some(
    ({ createdAt }) => createdAt !== undefined && createdAt < (serverTime(sentAt) ?? sentAt) - CUT_MS,
  );
  if (lostAt !== undefined && !reachesBack && !book.showsAll(page))
    return unknown('the job list does not reach back to the time of the submit');
  // What shows jobs of an hour's age, as a process that was away for an hour sees it, proves nothing of one of a minute.
  const isProven = book.listLagMs() <= (clock.now() - sentAt) * LAG_FACTOR;
  if (isProven && book.showsNewest(page)) return { outcome: 'absent' };
  return unknown('the job list has not shown it, but is not known to show new jobs');
}

/** What a list tells: the settlement, `wait` where a later look may tell more, or nothing. */
function judge(
  tools: SettleTools,
  { sentAt, isDefinite, rivals, lostAt }: Doubt,
  { jobs }: JobPage,
  arrival: Arrival | undefined,
  isOver: boolean,
): Settlement | 'wait' | undefined {
  const { book, clock, serverTime } = tools;
  // The list may have been read since the submit of an earlier process, and its job been taken for somebody else's.
  const strangers = jobs.filter(({ id }) => !(lostAt === undefined ? book.isKnown(id) : book.isOwn(id)));
  const sent = serverTime(sentAt);
  const areTimesTrue = book.timesAreTrue();
  const timesOfRivals = rivals?.map((at) => ({ at, server: serverTime(at) ?? at })) ?? [];
  const possible = strangers.filter(({ createdAt, state }) => {
    if (createdAt !== undefined && areTimesTrue !== false)
      return createdAt >= (sent ?? sentAt) - toleranceMs(createdAt, sent);
    // Without a time of creation, new is what no earlier list has shown, or the only job there is.
    return book.hasBaseline() || (strangers.length === 1 && !TERMINAL_STATES.has(state));
  });
  const candidates = possible.filter(
    (stranger) => !timesOfRivals.some(({ at, server }) => at > sentAt && isPromptTo(stranger, server)),
  );
  const [job] = candidates;
  if (job === undefined && possible.length > 0) {
    const ids = possible.map(({ id }) => id).slice(0, 5);
    return isOver ? unknown(`what could be it may be that of a later submit: ${ids.join(', ')}`, ids) : 'wait';
  }
  if (job === undefined) {
    // One that runs, and seems too old, may be it: nothing has shown yet that the list's times can be believed.
    const isBlind = strangers.some(
      ({ createdAt, state }) => createdAt === undefined || (areTimesTrue !== true && !TERMINAL_STATES.has(state)),
    );
    if (!isBlind) return undefined;
    return isOver ? unknown('the job list does not tell new jobs from old ones') : 'wait';
  }
  const ids = candidates.map(({ id }) => id).slice(0, 5);
  if (candidates.length > 1) return unknown(`several new jobs could be it: ${ids.join(', ')}`, ids);
  const now = clock.now();
  const theirs = unknown(`job ${job.id} could be it, or the job of another submit or program`, ids);
  const isShared = now - tools.othersSeenAt() < SHARED_LIFE_MS;
  // The job of an earlier submit in doubt is known by its time; where it is not there, this may be it, made late.
  const mayBeRivals =
    rivals === undefined
      ? book.mayShowUnsettled()
      : timesOfRivals.some(
          ({ at, server }) =>
            at <= sentAt &&
            sentAt - at < UNSETTLED_MS &&
            !strangers.some((other) => isPromptTo(other, server) && !isPromptTo(other, sent ?? sentAt)),
        );
  if (arrival === 'never' || arrival === 'hardly' || isShared || mayBeRivals) return theirs;
  // What appears late, or although the submit need not have made it, may be the first job of another program.
  const isPrompt = (job.createdAt ?? serverTime(now) ?? now) <= (sent ?? sentAt) + PROMPT_MS;
  // So may be the job of an earlier submit that was given up for absent: only the count can tell them apart.
  const needsCount = !isPrompt || arrival === 'blind' || book.mayShowAbsent();
  const isOurs = !isDefinite && (needsCount ? arrival === 'arrived' && (isPrompt || !book.mayShowAbsent()) : true);
  if (!isOurs) return isOver ? theirs : 'wait';
  return { outcome: 'found', job };
}

/** Whether the job seems to be made at once by a submit of this time, the provider's. */
function isPromptTo({ createdAt }: JobSnapshot, sent: number): boolean {
  return createdAt !== undefined && createdAt >= sent - toleranceMs(createdAt, sent) && createdAt <= sent + PROMPT_MS;
}

/** How much before the submit its job may seem to have been created: by a second's cut, or by a clock not known yet. */
function toleranceMs(createdAt: number, sent: number | undefined): number {
  if (sent === undefined) return UNKNOWN_CLOCK_MS;
  return createdAt % 1_000 === 0 ? CUT_MS : BLUR_MS;
}

function graceOf({ isDefinite, wasSilent, timeoutMs }: Doubt, listLagMs: number): number {
  const lag = listLagMs < Number.POSITIVE_INFINITY ? listLagMs * LAG_FACTOR : 0;
  if (isDefinite) return Math.max(ANSWERED_GRACE_MS, lag);
  return Math.max(GRACE_MS, lag, wasSilent ? timeoutMs : 0);
}

/** A fault of the moment; any other answer will be the same next time. */
function isPassing({ code, record }: RenderError): boolean {
  if (code === 'BAD_RESPONSE') return record.httpStatus !== undefined && record.httpStatus >= 500;
  return code === 'NETWORK' || code === 'PROVIDER_ERROR' || code === 'RATE_LIMITED';
}

function unknown(why: string, candidates?: readonly string[]): Settlement {
  return { outcome: 'unknown', why, ...(candidates && { candidates }) };
}
