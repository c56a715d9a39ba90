import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { HttpRequest } from '../../ports/http-transport.ts';
import { collect, setRendobarStage } from '../../testing/rendobar-stage.ts';
import { rejection } from '../../testing/scripted-client.ts';
import type { Answer } from '../../testing/scripted-transport.ts';

interface Row {
  readonly id: string;
  readonly createdAt: number;
  status: string;
}

interface ListServer {
  readonly rows: Row[];
  readonly handle: (request: HttpRequest) => Answer;
}

interface ListServerOptions {
  readonly heedsTo?: boolean;
  readonly includesTo?: boolean;
  readonly tellsTotal?: boolean;
  readonly maxPage?: number;
  /** What happens between two pages. */
  readonly between?: (rows: Row[], page: number) => void;
}

/** GET /jobs as Rendobar documents it: newest first, offset paging, and rows of one instant in any order. */
function createListServer(rows: Row[], options: ListServerOptions = {}): ListServer {
  const { heedsTo = true, includesTo = true, tellsTotal = true, maxPage = 100, between } = options;
  let pages = 0;
  return {
    rows,
    handle({ url }) {
      if (pages > 0) between?.(rows, pages);
      pages += 1;
      const query = new URL(url).searchParams;
      const limit = Math.min(maxPage, Number(query.get('limit') ?? 50));
      const offset = Number(query.get('offset') ?? 0);
      const to = heedsTo && query.has('to') ? Number(query.get('to')) : Number.POSITIVE_INFINITY;
      const fits = rows
        .filter(({ createdAt }) => (includesTo ? createdAt <= to : createdAt < to))
        .filter(({ status }) => !query.has('status') || status === query.get('status'))
        // The order of rows of the same instant changes from page to page.
        .map((row) => ({ row, tie: (Number(row.id.slice(4)) * 7919 * pages) % 101 }))
        .sort((a, b) => b.row.createdAt - a.row.createdAt || a.tie - b.tie)
        .map(({ row }) => row);
      const meta = tellsTotal ? { total: fits.length, page: 1, limit } : {};
      return { body: { data: fits.slice(offset, offset + limit), meta } };
    },
  };
}

const T0 = 1_788_000_000_000;
const rowsAt = (times: readonly number[]): Row[] =>
  times.map((time, index) => ({ id: `job_${index + 1}`, createdAt: T0 + time, status: 'complete' }));

describe('listing jobs', () => {
  it('passes every filter on, dates as milliseconds, and caps what it asks for', async () => {
    const { clock, client, wire } = setRendobarStage(() => createListServer([]).handle);
    const from = new Date(T0);
    const filter = { status: 'failed', type: 'ffmpeg', client: 'renderq', sort: 'cost', order: 'asc' } as const;
    await clock.run(client.jobs.list({ ...filter, from, to: T0 + 5, limit: 7, offset: 14 }));
    expect(Object.fromEntries(new URL(wire.requests[0]?.url ?? '').searchParams)).toEqual({
      ...filter,
      from: String(T0),
      to: String(T0 + 5),
      limit: '7',
      offset: '14',
    });
  });

  it('gives the page with its total', async () => {
    const { clock, client } = setRendobarStage(() => createListServer(rowsAt([3, 2, 1])).handle);
    const page = await clock.run(client.jobs.list({ limit: 2 }));
    expect(page.total).toBe(3);
    expect(page.jobs.map(({ id }) => id)).toEqual(['job_1', 'job_2']);
  });

  it.each([
    [{ limit: 0 }, 'limit'],
    [{ limit: 101 }, 'limit'],
    [{ from: new Date('nonsense') }, 'from'],
    [{ to: 1.5 }, 'to'],
  ])('refuses %j, naming the option', async (options, field) => {
    const { client, wire } = setRendobarStage(() => createListServer([]).handle);
    expect((await rejection(client.jobs.list(options))).record).toMatchObject({ code: 'INVALID_REQUEST', field });
    expect((await rejection(client.jobs.list({ offset: -1 }))).record).toMatchObject({ field: 'offset' });
    expect((await rejection(collect(client.jobs.listAll(options)))).record).toMatchObject({ field });
    expect(wire.requests).toHaveLength(0);
  });
});

describe('listing all jobs', () => {
  async function walk(
    server: ListServer,
    filter: Parameters<ReturnType<typeof setRendobarStage>['client']['jobs']['listAll']>[0],
  ) {
    const { clock, client, wire } = setRendobarStage(() => server.handle);
    const jobs = await clock.run(collect(client.jobs.listAll(filter)));
    return { ids: jobs.map(({ id }) => id), requests: wire.requests.length };
  }

  it('neither repeats nor skips a job, whatever happens between its pages', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 30 }), { maxLength: 60, size: 'max' }),
        fc.record({ includesTo: fc.boolean(), tellsTotal: fc.boolean(), arrivals: fc.integer({ min: 0, max: 3 }) }),
        async (times, { arrivals, ...kind }) => {
          // At most four of one instant, so that a page of ten always holds those of two instants in a row.
          const counts = new Map<number, number>();
          const few = times.filter((time) => {
            counts.set(time, (counts.get(time) ?? 0) + 1);
            return (counts.get(time) ?? 0) <= 4;
          });
          const rows = rowsAt(few);
          const expected = rows.map(({ id }) => id).sort();
          const between = (all: Row[]) => {
            for (let index = 0; index < arrivals; index += 1) {
              all.push({ id: `job_${all.length + 1}`, createdAt: T0 + 1000 + all.length, status: 'complete' });
            }
          };
          const { ids } = await walk(createListServer(rows, { ...kind, between }), { limit: 10 });
          expect(new Set(ids).size).toBe(ids.length);
          expect(ids.filter((id) => expected.includes(id)).sort()).toEqual(expected);
        },
      ),
      { numRuns: 100 },
    );
  });

  it('skips nothing when the jobs before it leave the filter between two pages', async () => {
    const rows = rowsAt(Array.from({ length: 30 }, (_, index) => 1000 - index));
    const between = (all: Row[], page: number) => {
      for (const row of all.slice((page - 1) * 10, page * 10)) row.status = 'cancelled';
    };
    const { ids } = await walk(createListServer(rows, { between }), { limit: 10, status: 'complete' });
    expect(ids).toHaveLength(30);
  });

  it('gives up on windows where the API does not heed them', async () => {
    const rows = rowsAt(Array.from({ length: 45 }, (_, index) => 1000 - index));
    const { ids, requests } = await walk(createListServer(rows, { heedsTo: false }), { limit: 10 });
    expect(ids).toEqual(rows.map(({ id }) => id));
    expect(requests).toBeLessThan(10);
  });

  it('walks on by offset through more jobs of one instant than a page holds', async () => {
    const rows = rowsAt(Array.from({ length: 35 }, () => 5));
    // Without ties that change their order: those would be beyond anybody's reach.
    const handle = ({ url }: HttpRequest): Answer => {
      const offset = Number(new URL(url).searchParams.get('offset'));
      return { body: { data: rows.slice(offset, offset + 10), meta: { total: rows.length } } };
    };
    const { ids } = await walk({ rows, handle }, { limit: 10 });
    expect(ids).toHaveLength(35);
  });

  it('is not fooled by a page that is smaller than was asked for', async () => {
    const rows = rowsAt(Array.from({ length: 35 }, (_, index) => 1000 - index));
    const { ids } = await walk(createListServer(rows, { maxPage: 10, tellsTotal: false }), { limit: 100 });
    expect(ids).toHaveLength(35);
  });

  it('ends even where the API gives the same page for ever', async () => {
    const handle = (): Answer => ({ body: { data: rowsAt([1, 2, 3]), meta: { total: 1e9 } } });
    const { ids, requests } = await walk({ rows: [], handle }, {});
    expect(ids).toHaveLength(3);
    expect(requests).toBeLessThan(30);
  });

  it('asks for no page that nobody reads', async () => {
    const rows = rowsAt(Array.from({ length: 30 }, (_, index) => 1000 - index));
    const { clock, client, wire } = setRendobarStage(() => createListServer(rows).handle);
    await clock.run(
      (async () => {
        for await (const job of client.jobs.listAll({ limit: 10 })) if (job.id === 'job_12') return;
      })(),
    );
    expect(wire.requests).toHaveLength(2);
  });
});
