import { type StandIn, type StandInAnswer, startStandIn } from '../journeys/mcp/stand-in.ts';
import type { Json } from './caller.ts';
import { type Provider, refused, VENDOR_DIALECTS, type VendorJob } from './vendor-dialects.ts';

/** Where the vendor speaks its error code: to the submit, inside the job that it had accepted, or to a look at the job. */
export type Place = 'submit' | 'job' | 'look';

export interface VendorError {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

/** What a request asks of the vendor: it is found by the name that stands anywhere in the request's body. */
export interface VendorRow {
  readonly name: string;
  readonly provider: Provider;
  readonly place: Place;
  /** `cut`: the connection breaks; `page`: a web page answers in place of the API; `none`: the job runs for ever. */
  readonly error: VendorError | 'cut' | 'page' | 'none';
}

/** A plan without limits, told as PhantomFlow's error page tells it, so that only what a row asks for is ever refused. */
const ROOMY = { 'x-ratelimit-limit': '100000', 'x-ratelimit-remaining': '99999', 'x-ratelimit-reset': '60' };
/** One second is the shortest that Retry-After can say. */
const SOON = { 'retry-after': '1' };
const PAGE: StandInAnswer = { status: 200, type: 'text/html', raw: '<html><body>Please sign in</body></html>' };

function refusal({ error }: VendorRow): StandInAnswer {
  if (error === 'cut') return 'cut';
  if (error === 'page' || error === 'none') return PAGE;
  return refused(error.status, error.code, error.message);
}

const roomy = (answer: StandInAnswer): StandInAnswer =>
  answer === 'cut' || 'raw' in answer
    ? answer
    : { ...answer, headers: { ...ROOMY, ...(answer.status === 429 ? SOON : {}) } };

function jobOf(id: string, { place, error }: VendorRow): VendorJob {
  const isTold = place === 'job' && typeof error === 'object';
  const running = { id, createdAt: Date.now(), state: 'running' } as const;
  return isTold ? { ...running, state: 'failed', error: { code: error.code, message: error.message } } : running;
}

/** The text that makes a request ask for a row. */
export const nameOfRow = (name: string): string => `row ${name} end`;

const rowNameIn = (body: Json): string => /row (\S+) end/.exec(JSON.stringify(body))?.[1] ?? '';

/**
 * One vendor of one's own making that answers each request with the row that the request names, so that one server process
 * meets every error code of a table.
 */
export async function startRowVendor(provider: Provider, rows: readonly VendorRow[]): Promise<StandIn> {
  const dialect = VENDOR_DIALECTS[provider];
  const byName = new Map(rows.filter((row) => row.provider === provider).map((row) => [row.name, row]));
  const accepted = new Map<string, VendorRow>();

  function submit(row: VendorRow): StandInAnswer {
    if (row.place === 'submit') return refusal(row);
    const id = dialect.newId();
    accepted.set(id, row);
    return dialect.accepted(jobOf(id, row), false);
  }

  function list(): StandInAnswer {
    // A job that cannot be looked at is not in the list either: there the look would succeed.
    const jobs = [...accepted].filter(([, { place }]) => place !== 'look').map(([id, row]) => jobOf(id, row));
    return dialect.listed(jobs.reverse(), jobs.length);
  }

  function look(id: string): StandInAnswer | undefined {
    const row = accepted.get(id);
    if (!row) return undefined;
    return row.place === 'look' ? refusal(row) : dialect.shown(jobOf(id, row));
  }

  return startStandIn(({ method, path, body }) => {
    const row = method === 'POST' ? byName.get(rowNameIn(body)) : undefined;
    const id = /\/jobs\/([^/]+)$/.exec(path)?.[1];
    const answer = row ? submit(row) : id === undefined ? (path.endsWith('/jobs') ? list() : undefined) : look(id);
    return answer && roomy(answer);
  });
}
