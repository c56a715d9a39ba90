import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { flowOf, REQUESTS, renderNode } from '../harness/render-nodes.ts';
import type { AnsweredCall } from '../harness/sandbox-control.ts';
import { openStage, type Stage } from '../harness/stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());

/** Collects what the sandbox answered an account meanwhile: it keeps the last thousand calls, and a bulk makes more. */
async function watchCalls<T>(
  key: string,
  act: () => Promise<T>,
): Promise<{ result: T; calls: readonly AnsweredCall[] }> {
  const accountId = await stage.sandbox.accountId(key);
  const calls = new Map<number, AnsweredCall>();
  const collect = async () => {
    for (const call of await stage.sandbox.calls()) calls.set(call.id, call);
  };
  const ended = new AbortController();
  const collecting = (async () => {
    while (!ended.signal.aborted) {
      await collect();
      await sleep(1_000, undefined, { signal: ended.signal }).catch(() => {});
    }
  })();
  try {
    const result = await act();
    await collect();
    return { result, calls: [...calls.values()].filter((call) => call.accountId === accountId) };
  } finally {
    ended.abort();
    await collecting;
  }
}

const refused = (calls: readonly AnsweredCall[]) => calls.filter(({ status }) => status === 429);
const submits = (calls: readonly AnsweredCall[]) =>
  calls.filter(({ method, path }) => method === 'POST' && path === '/api/render');

function render(credentials: Readonly<Record<string, string>>, parameters: object = {}) {
  return renderNode({
    name: 'Render',
    provider: 'phantomflow',
    action: 'render.renderAndWait',
    credentials,
    onError: 'continueErrorOutput',
    parameters: { movie: '={{ $json.movie }}', maxWaitMinutes: 20, ...parameters },
  });
}

describe.concurrent('500 items, two jobs at a time as on the Free plan', () => {
  it('keep their order, stay inside the limits, and no failure disturbs another', { timeout: 540_000 }, async () => {
    const key = 've_test_free_bulk';
    // Its ten requests a minute would take this an hour: they are scaled, and held in the same way.
    const limits = { requestsPerMinute: 1_200, concurrentJobs: 2 };
    await stage.sandbox.setAccount({ key, credits: 1_000, limits });
    const credentials = await stage.credential('phantomflow', key, { plan: 'enterprise', ...limits });
    const wrong = (row: number) => row % 50 === 17;
    const items = Array.from({ length: 500 }, (_, row) => ({
      json: { row, movie: wrong(row) ? '{ "width": 64, ' : JSON.stringify(REQUESTS.phantomflow) },
    }));
    const { result, calls } = await watchCalls(key, () =>
      stage.n8n.run(flowOf(render(credentials), items, 2), 530_000),
    );
    expect(result.status).toBe('success');
    const good = result.output('Render 0');
    expect(good.map(({ pairedItem }) => (pairedItem as { item: number }).item)).toHaveLength(490);
    const rows = result.output('Render', 0).map(({ pairedItem }) => (pairedItem as { item: number }).item);
    expect(rows).toEqual(items.map(({ json }) => json.row).filter((row) => !wrong(row)));
    expect(new Set(good.map(({ json }) => json.jobId)).size).toBe(490);
    expect(good.every(({ json }) => json.state === 'succeeded')).toBe(true);
    expect(result.json('Render 1').map(({ row }) => row)).toEqual(items.map(({ json }) => json.row).filter(wrong));
    expect(refused(calls)).toEqual([]);
    expect(submits(calls)).toHaveLength(490);
  });
});

describe.concurrent('the Free plan as it is: 10 requests a minute, 2 jobs at a time', () => {
  it('takes twelve films without one refusal', { timeout: 400_000 }, async () => {
    const key = 've_test_free_as_it_is';
    const credentials = await stage.credential('phantomflow', key, { plan: 'free' });
    const items = Array.from({ length: 12 }, () => ({ json: { movie: JSON.stringify(REQUESTS.phantomflow) } }));
    const { result, calls } = await watchCalls(key, () =>
      stage.n8n.run(flowOf(render(credentials), items, 2), 390_000),
    );
    expect(result.json('Render 0')).toHaveLength(12);
    expect(refused(calls)).toEqual([]);
    expect(submits(calls)).toHaveLength(12);
  });
});
