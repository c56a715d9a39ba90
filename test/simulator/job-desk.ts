import type { Dialect } from './dialect.ts';
import type { FaultRates } from './faults.ts';
import { createJobFloor, type JobFloor, type SimulatedJob } from './job-floor.ts';
import { createKeyBook, isSpent } from './key-book.ts';
import { createPostman } from './postman.ts';
import type { Profile } from './profiles.ts';
import { randomStream } from './random.ts';
import { renderTimes } from './render-times.ts';
import type { ServerClock } from './server-clock.ts';
import type { Tally } from './tally.ts';
import type { VendorOptions } from './vendor-options.ts';
import { itemIn, type RequestKind, type WireAnswer, type WireRequest } from './wire.ts';

/** What the API does once a request is inside its limits. */
export interface JobDesk {
  serve(request: WireRequest, kind: RequestKind): WireAnswer;
  /** Takes a submit in after a while, although its caller has been told nothing. */
  serveLater(request: WireRequest, ms: number): void;
  admitForeign(): void;
  find(jobId: string): SimulatedJob | undefined;
  renderMs(k: number): number;
  peak(): number;
  readonly jobs: readonly SimulatedJob[];
}

export interface DeskOptions {
  readonly profile: Profile;
  readonly dialect: Dialect;
  readonly options: VendorOptions;
  readonly faults: FaultRates;
  readonly tally: Tally;
  readonly server: ServerClock;
}

export function createJobDesk({ profile, dialect, options, faults, tally, server }: DeskOptions): JobDesk {
  const { seed, timeline, renders } = options;
  const ours = renderTimes(seed, 'us', renders);
  const theirs = renderTimes(seed, 'others', renders);
  const fates = randomStream(seed, 'fates');
  const drawn: SimulatedJob['fate'][] = [];
  const keys = createKeyBook();
  const postman = createPostman({ options, dialect, tally, server });
  const floor: JobFloor = createJobFloor({
    timeline,
    ids: randomStream(seed, 'ids'),
    newId: dialect.newId,
    concurrentJobs: profile.concurrentJobs,
    backlog: profile.backlog ?? 0,
    onEnd: postman.tellOf,
  });
  const accepted = { us: 0, others: 0 };

  /** By number, as the durations are: the k-th job fails for every client or for none. */
  function fateOf(k: number): SimulatedJob['fate'] {
    while (drawn.length <= k) {
      const share = fates.next();
      drawn.push(
        share < faults.failedRenders
          ? 'failed'
          : share < faults.failedRenders + faults.neverRan
            ? 'never-ran'
            : 'complete',
      );
    }
    return drawn[k] ?? 'complete';
  }

  function submit(text: string): WireAnswer {
    const asked = dialect.readSubmission(parse(text));
    if (asked === undefined) return dialect.refused('invalid');
    const known = keys.lookUp(asked.idempotencyKey);
    if (known === 'pending') return dialect.refused('key-pending');
    if (known !== undefined)
      return isSpent(known) ? dialect.refused('key-spent', known) : dialect.accepted(known, true);
    const k = accepted.us;
    const made = { party: 'us', item: itemIn(text), durationMs: ours.ofJob(k), fate: fateOf(k), ...asked } as const;
    const job = floor.admit(made);
    if (job === undefined) {
      if (profile.backlog === undefined) tally.refusedSlots += 1;
      else tally.queueFull += 1;
      return dialect.refused(profile.backlog === undefined ? 'slots' : 'backlog');
    }
    accepted.us += 1;
    keys.bind(asked.idempotencyKey, job);
    return dialect.accepted(job, false);
  }

  function list({ path }: WireRequest): WireAnswer {
    const query = new URLSearchParams(path.split('?')[1] ?? '');
    const { usual, most } = dialect.pageSizes;
    const limit = Math.min(most, Math.max(1, Number(query.get('limit') ?? options.pageSize ?? usual) || usual));
    const offset = Math.max(0, Number(query.get('offset') ?? 0) || 0);
    const { jobs } = floor;
    const end = Math.max(0, jobs.length - offset);
    const page = jobs.slice(Math.max(0, end - limit), end).reverse();
    return dialect.listed({ jobs: page, total: jobs.length, limit, offset }, server.at);
  }

  return {
    jobs: floor.jobs,
    find: floor.find,
    renderMs: ours.ofJob,
    peak: () => floor.peak,
    admitForeign() {
      const none = { item: undefined, idempotencyKey: undefined, webhookUrl: undefined, fate: 'complete' } as const;
      if (floor.admit({ ...none, party: 'others', durationMs: theirs.ofJob(accepted.others) })) accepted.others += 1;
    },
    serveLater(request, ms) {
      const key = dialect.readSubmission(parse(request.body ?? ''))?.idempotencyKey;
      const isNew = keys.lookUp(key) === undefined;
      if (isNew) keys.reserve(key);
      timeline.after(ms, () => {
        if (!isNew) return;
        keys.bind(key, undefined);
        submit(request.body ?? '');
      });
    },
    serve(request, kind) {
      switch (kind) {
        case 'submit':
          return submit(request.body ?? '');
        case 'list':
          return list(request);
        case 'get': {
          const job = floor.find(dialect.jobIdOf(request));
          return job === undefined ? dialect.refused('absent') : dialect.shown(job, server.at);
        }
        case 'cancel': {
          const job = floor.find(dialect.jobIdOf(request));
          if (job === undefined) return dialect.refused('absent');
          return floor.cancel(job) ? dialect.shown(job, server.at) : dialect.refused('ended');
        }
        case 'schema':
          return dialect.schema();
        case 'account':
          return dialect.account();
        default:
          return dialect.refused('unknown-route');
      }
    },
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
