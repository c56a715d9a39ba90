import { Agent, request } from 'node:http';
import { performance } from 'node:perf_hooks';
import { type Subject, startSubject } from './service-process.ts';

const ROUNDS = 7;
const WARM_UP = 2000;
const REQUESTS = 2000;
const CONNECTIONS = 16;

/** One way of asking. */
interface Call {
  readonly name: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface Overhead {
  readonly call: string;
  /** Microseconds from one request to the next on one connection, median over the rounds. */
  readonly microseconds: number;
  /** Requests a second over sixteen connections, median over the rounds. */
  readonly requestsPerSecond: number;
  /** Microseconds of this call over those of the bare server. */
  readonly ratio: number;
}

/** What a look at a job costs in the sandbox, beside a bare node:http server that sends as many bytes. */
export async function measureOverhead(): Promise<readonly Overhead[]> {
  const sandbox = await startSubject('sandbox');
  const bare = await startSubject('bare');
  try {
    const looks = [await rendobarLook(sandbox), await phantomflowLook(sandbox)];
    const [first] = looks;
    const bytes = first ? (await send(new Agent(), first)).length : 0;
    const calls: readonly Call[] = [
      { name: 'bare node:http', url: `${bare.url}/?bytes=${bytes}`, headers: {} },
      ...looks,
    ];
    const samples = calls.map(() => ({ microseconds: [] as number[], requestsPerSecond: [] as number[] }));
    for (const call of calls) await repeat(call, WARM_UP, 1);
    // In turn, so that a machine that slows down slows all of them.
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const [index, call] of calls.entries()) {
        samples[index]?.microseconds.push((await repeat(call, REQUESTS, 1)) * 1000);
        samples[index]?.requestsPerSecond.push(1000 / (await repeat(call, REQUESTS, CONNECTIONS)));
      }
    }
    const base = median(samples[0]?.microseconds ?? []);
    return calls.map(({ name }, index) => {
      const microseconds = median(samples[index]?.microseconds ?? []);
      const requestsPerSecond = Math.round(median(samples[index]?.requestsPerSecond ?? []));
      return {
        call: name,
        microseconds: Math.round(microseconds),
        requestsPerSecond,
        ratio: Math.round((microseconds / base) * 100) / 100,
      };
    });
  } finally {
    await Promise.all([sandbox.stop(), bare.stop()]);
  }
}

async function rendobarLook({ url }: Subject): Promise<Call> {
  const headers = { authorization: 'Bearer rb_sandbox' };
  const body = JSON.stringify({ type: 'ffmpeg', params: { command: '-i https://example.com/a.mp4 b.mp4' } });
  const answer = await fetch(`${url}/rendobar/jobs`, { method: 'POST', body, headers: { ...headers, ...STAYS } });
  const { data } = (await answer.json()) as { readonly data: { readonly id: string } };
  return { name: 'Rendobar, GET /jobs/{id}', url: `${url}/rendobar/jobs/${data.id}`, headers };
}

async function phantomflowLook({ url }: Subject): Promise<Call> {
  const headers = { 'x-api-key': 've_test_sandbox' };
  const body = JSON.stringify({ scenes: [{ duration: 1 }] });
  const answer = await fetch(`${url}/phantomflow/api/render`, {
    method: 'POST',
    body,
    headers: { ...headers, ...STAYS },
  });
  const { job_id: id } = (await answer.json()) as { readonly job_id: string };
  return { name: 'PhantomFlow, GET /api/jobs/{id}', url: `${url}/phantomflow/api/jobs/${id}`, headers };
}

/** The job ends at once, without a render that would take processor time from the measurement. */
const STAYS = { 'content-type': 'application/json', 'x-sandbox-fault': 'job:INTERNAL_ERROR' };

/** Milliseconds for each of `count` requests, sent over `connections` connections that are kept open. */
async function repeat(call: Call, count: number, connections: number): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  let left = count;
  const started = performance.now();
  const worker = async () => {
    while (left > 0) {
      left -= 1;
      await send(agent, call);
    }
  };
  await Promise.all(Array.from({ length: connections }, worker));
  const took = performance.now() - started;
  agent.destroy();
  return took / count;
}

/** Sends the call and reads its answer. Throws for any status but 200: a refusal would be measured as fast. */
function send(agent: Agent, { url, headers }: Call): Promise<Buffer> {
  return new Promise((done, fail) => {
    const outgoing = request(url, { agent, headers }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('end', () => {
        if (answer.statusCode === 200) done(Buffer.concat(chunks));
        else fail(new Error(`${url} answered ${answer.statusCode}.`));
      });
    });
    outgoing.on('error', fail);
    outgoing.end();
  });
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
