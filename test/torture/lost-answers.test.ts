import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { json, page, toBytes } from './answer.ts';
import { core } from './built-core.ts';
import { freshKey, TIMEOUT_MS } from './play-scenario.ts';
import {
  type HeardRequest,
  type Run,
  type Script,
  type Step,
  startTortureServer,
  type TortureServer,
} from './server.ts';
import { type Provider, REQUESTS, SOUND } from './vendor.ts';

let server: TortureServer;

beforeAll(async () => {
  vi.spyOn(Math, 'random').mockReturnValue(0.2);
  core.nodePorts();
  server = await startTortureServer();
});

afterAll(async () => {
  vi.restoreAllMocks();
  await server.close();
});

/** The jobs that a provider took in. One with a key that it knows is the job that it has already. */
function createLedger() {
  const jobs: string[] = [];
  const byKey = new Map<string, string>();
  return {
    jobs: jobs as readonly string[],
    accept({ body }: HeardRequest): string {
      const { idempotencyKey: key } = JSON.parse(body) as { idempotencyKey?: string };
      const known = key === undefined ? undefined : byKey.get(key);
      if (known !== undefined) return known;
      const id = `job-${jobs.push(`job ${jobs.length}`)}`;
      if (key !== undefined) byKey.set(key, id);
      return id;
    },
  };
}

const accepted = (provider: Provider, id: string): Step[] => {
  const body = { id, job_id: id, status: 'queued' };
  return [{ send: toBytes(json(202, provider === 'rendobar' ? { data: body } : body)) }];
};

/** PhantomFlow's list of all the jobs that it took in. */
const listOf = (jobs: readonly string[]): Step[] => {
  const created_at = new Date().toISOString();
  const entries = jobs.map((_job, at) => ({ job_id: `job-${at + 1}`, status: 'rendering', created_at }));
  return [{ send: toBytes(json(200, { jobs: entries.reverse() })) }];
};

const submitsOf = ({ requests }: Run) => requests.filter(({ method }) => method === 'POST').length;

const LOSSES: Readonly<Record<string, readonly Step[]>> = {
  'a reset': [{ last: 'reset' }],
  'the end of the connection': [{ last: 'end' }],
  silence: [{ last: 'hang' }],
  'the page of a gateway': [{ send: toBytes(page(504, 'gateway timeout')) }],
  'an answer without a body': [{ send: toBytes({ status: 202, headers: {}, body: '' }) }],
  'a torn answer': [{ send: toBytes(json(202, { id: 'j' })).subarray(0, -5) }, { last: 'reset' }],
  'an answer of brackets': [{ send: toBytes({ status: 202, headers: {}, body: '['.repeat(50_000) }) }],
};

function clientOf(provider: Provider, script: Script) {
  const run = server.open(script);
  const client = core.createNodeClient({
    provider,
    apiKey: freshKey(),
    baseUrl: run.baseUrl,
    timeoutMs: TIMEOUT_MS,
    limits: { concurrentJobs: 100, requestsPerMinute: 10_000 },
  });
  return { client, run };
}

describe.concurrent.each(Object.entries(LOSSES))('an accepted submit whose answer is %s', (_name, loss) => {
  it('ends as one job where a key protects it', async () => {
    const ledger = createLedger();
    const { client, run } = clientOf('rendobar', (request, index) => {
      const id = ledger.accept(request);
      return index < 2 ? loss : accepted('rendobar', id);
    });
    const job = await client.submit(REQUESTS.rendobar);
    expect(job.id).toBe('job-1');
    expect(ledger.jobs).toHaveLength(1);
    expect(run.requests).toHaveLength(3);
  });

  it('is never sent twice where no key protects it and no list tells of it', async () => {
    const ledger = createLedger();
    const { client, run } = clientOf('phantomflow', (request) => {
      if (request.method === 'GET') return [{ send: toBytes(json(404, { error: { code: 'NOT_FOUND' } })) }];
      ledger.accept(request);
      return loss;
    });
    await expect(client.submit(REQUESTS.phantomflow)).rejects.toMatchObject({ code: 'SUBMIT_OUTCOME_UNKNOWN' });
    expect(ledger.jobs).toHaveLength(1);
    expect(submitsOf(run)).toBe(1);
  });

  it('is found again in the list where no key protects it', async () => {
    const ledger = createLedger();
    const { client, run } = clientOf('phantomflow', (request) => {
      if (request.method === 'GET') return listOf(ledger.jobs);
      ledger.accept(request);
      return loss;
    });
    expect((await client.submit(REQUESTS.phantomflow)).id).toBe('job-1');
    expect(submitsOf(run)).toBe(1);
  });
});

describe.concurrent('many submits side by side, every second answer lost', () => {
  const lossOf = (index: number) => Object.values(LOSSES)[index % Object.keys(LOSSES).length] ?? [];
  const MANY = 40;

  it('end as one job each where keys protect them', async () => {
    const ledger = createLedger();
    const { client } = clientOf('rendobar', (request, index) => {
      const id = ledger.accept(request);
      return index % 2 === 0 ? lossOf(index / 2) : accepted('rendobar', id);
    });
    const results = await Promise.allSettled(
      Array.from({ length: MANY }, () => client.submit(REQUESTS.rendobar, { idempotencyKey: freshKey() })),
    );
    const ids = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value.id] : []));
    expect(ledger.jobs).toHaveLength(MANY);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.length).toBeGreaterThan(MANY / 2);
  });

  it('end as one job each too where no keys protect them, and a list tells of them', async () => {
    const few = 14;
    const ledger = createLedger();
    let index = 0;
    const { client, run } = clientOf('phantomflow', (request) => {
      if (request.method === 'GET') return listOf(ledger.jobs);
      const id = ledger.accept(request);
      index += 1;
      return index % 2 === 0 ? lossOf(index / 2) : accepted('phantomflow', id);
    });
    const jobs = await Promise.all(Array.from({ length: few }, () => client.submit(REQUESTS.phantomflow)));
    expect(submitsOf(run)).toBe(few);
    expect(jobs.map(({ id }) => id).sort()).toEqual(ledger.jobs.map((_job, at) => `job-${at + 1}`).sort());
  });
});

describe('a kept connection', () => {
  it('never gives the next look an answer that nobody asked for', async () => {
    const smuggled = toBytes(json(200, { data: { id: 'smuggled', status: 'failed' } }));
    const { client } = clientOf('rendobar', () => [
      { send: Buffer.concat([toBytes(SOUND.rendobar.get), smuggled, smuggled]) },
    ]);
    for (let look = 0; look < 10; look += 1) {
      const job = await client.get('job_7f3a');
      expect(job).toMatchObject({ id: 'job_7f3a', state: 'succeeded' });
    }
  });

  it('that the server has closed meanwhile costs a look another attempt, not its result', async () => {
    const { client } = clientOf('rendobar', () => [
      { send: toBytes(SOUND.rendobar.get) },
      { pauseMs: 2 },
      { last: 'reset' },
    ]);
    for (let look = 0; look < 10; look += 1) {
      expect((await client.get('job_7f3a')).state).toBe('succeeded');
    }
  });
});
