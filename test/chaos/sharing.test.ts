import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { moment, Refusal, setScene, until } from './processes.ts';
import type { ProviderId } from './vendor.ts';

const never = (): Promise<void> => new Promise(() => undefined);

async function codeOf(call: Promise<unknown>): Promise<unknown> {
  const fault = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(fault instanceof Refusal)) throw new Error(`expected a refusal, got ${String(fault)}`);
  return fault.record.code;
}

describe.concurrent.each<ProviderId>(['rendobar', 'phantomflow'])(
  'processes that share a folder and work %s',
  (provider) => {
    it('submit together, render each job once, and all see all results', async () => {
      const limits = { requestsPerMinute: 6_000, concurrentJobs: 4 };
      await using scene = await setScene({ limits, renderMs: () => 150 });
      const { vendor } = scene;
      const workers = await Promise.all([scene.start(), scene.start(), scene.start()]);
      const jobs = await Promise.all(
        Array.from({ length: 24 }, (_, at) => {
          const worker = workers[at % workers.length];
          return worker?.submit(provider, `m-${at}`);
        }),
      );
      for (const [at, job] of jobs.entries()) {
        const seen = await workers[(at + 1) % workers.length]?.waitFor(job?.id ?? '', 30_000);
        expect(seen).toMatchObject({ state: 'succeeded', output: { url: `https://files.test/m-${at}.mp4` } });
      }
      expect(vendor.renders).toHaveLength(24);
      // The limits hold across the processes, because one of them works the account.
      expect([...vendor.refusals.keys()].filter((code) => code !== 'NOT_FOUND')).toEqual([]);
    });

    it('take the work over at once when the one that does it is killed', async () => {
      await using scene = await setScene({ renderMs: () => 800 });
      const { vendor } = scene;
      const owner = await scene.start();
      const other = await scene.start();
      const first = await owner.submit(provider, 'first');
      const second = await other.submit(provider, 'second');
      expect(await until(() => vendor.renders.length, 2)).toBe(2);
      await owner.kill();
      const third = await other.submit(provider, 'third');
      const killedAt = Date.now();
      for (const { id } of [first, second, third]) expect((await other.waitFor(id, 20_000)).state).toBe('succeeded');
      expect(Date.now() - killedAt).toBeLessThan(15_000);
      expect(vendor.renders).toHaveLength(3);
    });

    it('accept the same key from two of them at once as one job', async () => {
      await using scene = await setScene();
      const workers = await Promise.all([scene.start(), scene.start()]);
      const jobs = await Promise.all(
        Array.from({ length: 20 }, (_, at) => workers[at % 2]?.submit(provider, 'same', { idempotencyKey: 'k' })),
      );
      expect(new Set(jobs.map((job) => job?.id)).size).toBe(1);
      expect(jobs.filter((job) => job?.deduplicated === undefined)).toHaveLength(1);
      const [job] = jobs;
      expect((await workers[1]?.waitFor(job?.id ?? '', 20_000))?.state).toBe('succeeded');
      expect(scene.vendor.renders).toHaveLength(1);
    });
  },
);

describe.concurrent('a process that works an account and hangs', () => {
  it('loses its jobs after half a minute, keeps what it has on the wire, and does no harm when it goes on', async () => {
    const limits = { requestsPerMinute: 6_000, concurrentJobs: 2 };
    await using scene = await setScene({ limits, renderMs: () => 500 });
    const { vendor } = scene;
    // Its answer is not overdue when it goes on.
    const owner = await scene.start({ timeoutMs: 120_000 });
    const other = await scene.start();
    const begun = moment();
    const go = moment();
    vendor.gates.answering = (marker) => {
      if (marker !== 'wire') return undefined;
      begun.tell();
      return go.come;
    };
    const wire = await owner.submit('phantomflow', 'wire');
    await begun.come;
    const queued = await owner.submit('phantomflow', 'queued');
    owner.stop();
    const job = await other.waitFor(queued.id, 50_000);
    expect(job.state).toBe('succeeded');
    expect((await other.get(wire.id)).state).toBe('submitting');
    go.tell();
    owner.goOn();
    expect(await until(async () => (await other.get(wire.id)).state, 'succeeded')).toBe('succeeded');
    expect(vendor.renders.map(({ marker }) => marker).sort()).toEqual(['queued', 'wire']);
  });
});

describe.concurrent('the job file', () => {
  it('keeps what was accepted when the disk is full, and takes more when there is room again', async () => {
    await using scene = await setScene({ renderMs: () => 8_000 });
    const maxBytes = 400_000;
    const worker = await scene.start({ maxBytes });
    const accepted: string[] = [];
    let code: unknown;
    for (let at = 0; at < 200 && code === undefined; at += 1) {
      const filler = {
        scenes: [{ duration: 1, elements: [{ type: 'text', text: `m-${at}` }], filler: 'x'.repeat(20_000) }],
      };
      try {
        accepted.push((await worker.submit('phantomflow', '', { request: filler })).id);
      } catch (fault) {
        code = fault instanceof Refusal ? fault.record.code : fault;
      }
    }
    expect(code).toBe('STORE_UNAVAILABLE');
    expect(accepted.length).toBeGreaterThan(3);
    await worker.kill();
    const next = await scene.start();
    for (const id of accepted) expect((await next.waitFor(id, 30_000)).state).toBe('succeeded');
    expect(scene.vendor.renders).toHaveLength(accepted.length);
    expect((await next.submit('phantomflow', 'more')).id).toMatch(/^job_rq/);
  });

  it('that is damaged is set aside and reported, and work goes on', async () => {
    await using scene = await setScene();
    const first = await scene.start();
    const { id } = await first.submit('rendobar', 'one');
    await first.waitFor(id, 10_000);
    await first.ask('close');
    await first.kill();
    const path = join(scene.home, 'jobs.sqlite');
    const damaged = Buffer.from('This has been a database once. '.repeat(400));
    writeFileSync(path, damaged);
    const next = await scene.start();
    expect((await next.submit('rendobar', 'two')).id).toMatch(/^job_rq/);
    expect(await next.ask<string[]>('damages')).toEqual([expect.stringContaining('set aside')]);
    const [aside = ''] = readdirSync(scene.home).filter(
      (name) => name.includes('damaged') && !/-(wal|shm)$/.test(name),
    );
    expect(readFileSync(join(scene.home, aside))).toEqual(damaged);
  });

  it('is for its user alone, and a folder that cannot be made is a typed error', async () => {
    await using scene = await setScene();
    const worker = await scene.start();
    await worker.submit('rendobar', 'one');
    expect(statSync(join(scene.home, 'jobs.sqlite')).mode & 0o777).toBe(0o600);
    expect(statSync(join(scene.home, 'jobs.sqlite-wal')).mode & 0o777).toBe(0o600);
    const file = join(scene.home, 'file');
    writeFileSync(file, '');
    const lost = await scene.start({ home: join(file, 'jobs') });
    expect(await codeOf(lost.submit('rendobar', 'two'))).toBe('STORE_UNAVAILABLE');
    expect(await codeOf(lost.list({ limit: 1 }))).toBe('STORE_UNAVAILABLE');
    rmSync(file);
    mkdirSync(file);
    expect((await lost.submit('rendobar', 'two')).id).toMatch(/^job_rq/);
  });
});

describe.concurrent('a submit of which nobody can tell', () => {
  it('is failed with what is known, and settled by the word of a person', async () => {
    await using scene = await setScene({ renderMs: () => 60_000 });
    const { vendor } = scene;
    const first = await scene.start();
    const made = moment();
    vendor.gates.arriving = (marker) => {
      if (marker !== 'first') return undefined;
      made.tell();
      return never();
    };
    // The very first submit of an account: no list has ever shown a job of ours.
    const { id } = await first.submit('phantomflow', 'first');
    await made.come;
    await first.kill();
    const second = await scene.start();
    const job = await second.waitFor(id, 20_000);
    expect(job).toMatchObject({ state: 'failed', error: { code: 'SUBMIT_OUTCOME_UNKNOWN', jobId: id } });
    expect(Date.parse(job.doubt?.sentAt ?? '')).toBeGreaterThan(0);
    vendor.gates.arriving = () => undefined;
    expect(await codeOf(second.settle(id, { outcome: 'ran', providerJobId: 'pf_99' }))).toBe('NOT_FOUND');
    await second.settle(id, { outcome: 'never-ran' });
    expect(await until(async () => (await second.get(id)).state, 'running')).toBe('running');
    expect(vendor.renders).toHaveLength(1);
    expect(await codeOf(second.settle(id, { outcome: 'never-ran' }))).toBe('CONFLICT');
  });
});
