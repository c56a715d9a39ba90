import { core } from '../built-core.ts';
import { operate } from '../operate.ts';
import { JOB_ID, OPERATIONS, type Operation, type Provider } from '../vendor.ts';
import { type FuzzAnswer, fuzzAnswer } from './answers.ts';
import { problemOfError, problemOfJob } from './check.ts';
import { createRandom, type Random } from './random.ts';
import { createVirtualClock } from './virtual-clock.ts';

type Ports = Parameters<typeof core.createRenderClient>[1];
type Request = Parameters<Ports['transport']>[0];

const MAX_QUEUE_MS = 5_000;
const WAIT_MS = 20_000;
/** A submit in doubt is looked for in the job list for as long, once for each of its attempts. */
const LONGEST_SETTLE_MS = 4 * 75_000;
/** Four attempts, between which a server may ask for a minute each, and the wait for the account's limits. */
const LONGEST_CALL_MS = 4 * 1_000 + 3 * 61_000 + MAX_QUEUE_MS + 2_000 + LONGEST_SETTLE_MS;
const CALLS_PER_ACCOUNT = 12;
/** For each answer that a client gets, so many more go through the readers alone, which is far quicker. */
const MORE_FOR_READERS = 7;
/** A refusal, or a proof that nothing was sent: after anything else a submit without a key may not go out again. */
const HARMLESS: ReadonlySet<string> = new Set(['RATE_LIMITED', 'CONCURRENCY_LIMITED', 'not-sent']);

export interface FuzzReport {
  readonly answers: number;
  readonly calls: number;
  /** The first thing that is wrong, with all that is needed to see it again. */
  readonly failure?: string;
}

/** One run: answers without end, until so many have been given. The same seed gives the same answers. */
export async function fuzz(options: {
  readonly provider: Provider;
  readonly seed: number;
  readonly answers: number;
}): Promise<FuzzReport> {
  const { provider, seed } = options;
  // Hundreds of thousands of errors are made here, and half of the work would be their stacks.
  Error.stackTraceLimit = 2;
  let answers = 0;
  let calls = 0;
  for (let batch = 0; answers < options.answers; batch += 1) {
    const random = createRandom(seed + batch * 7_919);
    const report = await fuzzAccount(provider, random, batch);
    answers += report.answers;
    calls += report.calls;
    if (report.failure !== undefined) {
      return { answers, calls, failure: `seed ${seed}, batch ${batch}, ${provider}: ${report.failure}` };
    }
  }
  return { answers, calls };
}

/** One account lives through a dozen calls, so that what an answer does to its limits is felt by the next. */
async function fuzzAccount(provider: Provider, random: Random, batch: number): Promise<FuzzReport> {
  const clock = createVirtualClock();
  const apiKey = `Fuzz/${batch}+key.${random.int(2 ** 31)}=of~account`;
  const given: FuzzAnswer[] = [];
  let operation: Operation = 'get';
  let attempts: { readonly request: Request; readonly came: string }[] = [];
  let readProblem: string | undefined;
  let read = 0;
  const vendor = core.findProvider(provider);

  const transport: Ports['transport'] = async (request) => {
    await clock.sleep(random.int(30));
    const fault = random.int(40);
    if (fault < 3) {
      const sent = fault === 0 ? ('not-sent' as const) : ('maybe-sent' as const);
      attempts.push({ request, came: sent });
      const cause = new Error(`headers: ${JSON.stringify(request.headers)}`);
      throw new core.TransportError({ kind: 'reset', sent, message: `reset by peer, key ${apiKey}`, cause });
    }
    const answer = fuzzAnswer(random, provider, operation, apiKey);
    given.push(answer);
    readProblem ??= problemOfReaders(vendor, answer, apiKey);
    for (let more = 0; more < MORE_FOR_READERS; more += 1) {
      readProblem ??= problemOfReaders(vendor, fuzzAnswer(random, provider, random.pick(OPERATIONS), apiKey), apiKey);
    }
    read += 1 + MORE_FOR_READERS;
    attempts.push({ request, came: request.method === 'GET' ? lookOf(vendor, answer) : meaningOf(vendor, answer) });
    return { status: answer.status, headers: answer.headers, body: answer.body };
  };
  const client = core.createRenderClient(
    { provider, apiKey, timeoutMs: 1_000, limits: { requestsPerMinute: 1_000, concurrentJobs: 3 } },
    { transport, clock, random: random.next, lanes: core.createPQueueLane },
    core.createAccountRegistry(),
  );

  for (let calls = 1; calls <= CALLS_PER_ACCOUNT; calls += 1) {
    operation = random.pick(OPERATIONS);
    attempts = [];
    const before = { at: clock.now(), given: given.length };
    const promise = operate(client, provider, operation, { maxQueueMs: MAX_QUEUE_MS, waitMs: WAIT_MS });
    const hangs = await clock.settle(promise);
    const watched = {
      apiKey,
      isIntact: given.slice(before.given).every(({ isIntact }) => isIntact),
      isSampled: random.chance(0.02),
    };
    const problem =
      hangs ??
      readProblem ??
      (await outcomeProblem(promise, operation, watched)) ??
      repeatProblem(provider, operation, attempts) ??
      (clock.now() - before.at > LONGEST_CALL_MS ? `took ${clock.now() - before.at} ms` : undefined) ??
      (clock.pending() > 0 ? `left ${clock.pending()} timers behind` : undefined);
    if (problem !== undefined) {
      const seen = given
        .slice(before.given)
        .map(({ status, headers, body }) => ({ status, headers, body: body.slice(0, 600) }));
      return { answers: read, calls, failure: `${operation} ${problem} after ${JSON.stringify(seen)}` };
    }
    // A gate that an answer closed for a day opens again.
    clock.advance(90_000_000);
  }
  return { answers: read, calls: CALLS_PER_ACCOUNT };
}

async function outcomeProblem(
  promise: Promise<unknown>,
  operation: Operation,
  watched: Parameters<typeof problemOfError>[1],
): Promise<string | undefined> {
  try {
    const result = await promise;
    if (operation === 'fetchSchema')
      return result === undefined || typeof result === 'object' ? undefined : 'no schema';
    const jobs = operation === 'list' ? (result as { jobs: readonly unknown[] }).jobs : [result];
    return jobs.map((job) => problemOfJob(job, watched)).find((problem) => problem !== undefined);
  } catch (error) {
    return problemOfError(error, watched);
  }
}

type Vendor = ReturnType<typeof core.findProvider>;

/** Each answer goes through every reader by itself too, so that none hides behind another. */
function problemOfReaders(vendor: Vendor, answer: FuzzAnswer, apiKey: string): string | undefined {
  const watched = { apiKey: 'the key is kept by the client', isIntact: answer.isIntact, isSampled: false };
  const readers = {
    readSubmitted: () => problemOfJob(vendor.readSubmitted(answer), watched),
    readJob: () => problemOfJob(vendor.readJob(answer, JOB_ID), watched),
    readList: () =>
      vendor
        .readList(answer)
        .jobs.map((job) => problemOfJob(job, watched))
        .find(Boolean),
    readSchema: () => void vendor.readSchema(answer),
    readError: () => problemOfError(vendor.readError(answer, 1_767_225_600_000), watched),
  };
  for (const [name, read] of Object.entries(readers)) {
    let problem: string | undefined;
    try {
      problem = read();
    } catch (error) {
      problem = problemOfError(error, watched);
    }
    if (problem !== undefined) return `${name}: ${problem} of ${apiKey.slice(0, 8)}`;
  }
  return undefined;
}

/** What an answer to a submit means, in renderq's words. */
function meaningOf(vendor: Vendor, answer: FuzzAnswer): string {
  if (answer.status < 200 || answer.status > 299) return vendor.readError(answer, 0).code;
  try {
    vendor.readSubmitted(answer);
    return 'accepted';
  } catch (error) {
    return error instanceof core.RenderError ? error.code : 'broken';
  }
}

/** Whether an answer to a look is a list of jobs. */
function lookOf(vendor: Vendor, answer: FuzzAnswer): 'listed' | 'nothing' {
  try {
    if (answer.status >= 200 && answer.status <= 299) vendor.readList(answer);
    else return 'nothing';
    return 'listed';
  } catch {
    return 'nothing';
  }
}

/**
 * A submit without a key goes out again after a refusal only, or where a list of jobs was read that did not show it; one
 * with a key under the same key each time.
 */
function repeatProblem(
  provider: Provider,
  operation: Operation,
  attempts: readonly { readonly request: Request; readonly came: string }[],
): string | undefined {
  if (operation !== 'submit') return undefined;
  // While a submit waits for a slot, the account looks at the jobs that hold them.
  const submits = attempts.filter(({ request }) => request.method === 'POST');
  if (provider === 'phantomflow') return harmfulRepeat(attempts);
  // Rendobar: a key that is bound to a dead job is left for the next one.
  const strays = submits.filter(({ request }, index) => {
    const before = submits[index - 1];
    return before !== undefined && before.request.body !== request.body && before.came !== 'CONFLICT';
  });
  return strays.length === 0 ? undefined : 'was sent again under another key';
}

function harmfulRepeat(attempts: readonly { readonly request: Request; readonly came: string }[]): string | undefined {
  let inDoubt: string | undefined;
  for (const { request, came } of attempts) {
    if (request.method === 'POST') {
      if (inDoubt !== undefined) return `was sent again after ${inDoubt}`;
      inDoubt = HARMLESS.has(came) ? undefined : came;
    } else if (came === 'listed') inDoubt = undefined;
  }
  return undefined;
}
