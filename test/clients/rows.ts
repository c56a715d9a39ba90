import { listErrorRows } from '@renderq/core';
import type { Json } from './caller.ts';
import { nameOfRow, type Place, type VendorRow } from './row-vendor.ts';
import type { Provider } from './vendor-dialects.ts';

/** One error and what a client must be able to read of it. */
export interface ErrorCase extends VendorRow {
  readonly code: string;
  /** Undefined for errors that no vendor spoke. */
  readonly providerCode?: string;
  /** Whether it comes as a failed call; else as a call that went well and shows a failed job. */
  readonly isError: boolean;
  /** Whether it closes the account's gate for a while, so that it has to come last. */
  readonly pauses?: true;
  /** Whether the submit is in doubt afterwards, which holds up all others of the account. */
  readonly doubtful?: true;
}

/** A row without a status appears inside jobs only; where the page merely does not tell one, this is sent. */
const UNTOLD_STATUS = 400;
/** Of a look that meets these the next comes by itself: there is nothing to read but a delay. */
const PASSING = new Set(['capacity', 'provider', 'render']);
/** A look that is answered with these has been told how the job ended: the look went well, the job failed. */
const ENDS = new Set(['SOURCE_UNUSABLE', 'OUTPUT_EXPIRED']);

const words = (code: string) => `The vendor's words on ${code}.`;

function casesOf(row: ReturnType<typeof listErrorRows>[number]): readonly ErrorCase[] {
  const { providerCode, code, httpStatus, source, category } = row;
  const provider = row.provider as Provider;
  const status = httpStatus ?? UNTOLD_STATUS;
  const at = (place: Place): ErrorCase => ({
    name: `${place}/${providerCode}`,
    provider,
    place,
    error: { status, code: providerCode, message: words(providerCode) },
    code,
    providerCode,
    isError: place === 'look' && !ENDS.has(code),
    ...(place === 'submit' && code === 'RATE_LIMITED' ? { pauses: true } : {}),
    ...(place === 'submit' && code === 'PROVIDER_ERROR' && provider === 'phantomflow' ? { doubtful: true } : {}),
  });
  const isInJobsOnly = httpStatus === null && source.includes('job page');
  return [
    ...(isInJobsOnly ? [] : [at('submit')]),
    at('job'),
    ...(isInJobsOnly || PASSING.has(category) ? [] : [at('look')]),
  ];
}

/** What the tables cannot tell: two meanings of one code, a code that no page knows, and answers that are no API's. */
const BEYOND_THE_TABLES: readonly ErrorCase[] = [
  {
    name: 'submit/PLAN_LIMIT-of-jobs',
    provider: 'rendobar',
    place: 'submit',
    error: { status: 403, code: 'PLAN_LIMIT', message: 'Too many concurrent jobs for the plan.' },
    code: 'CONCURRENCY_LIMITED',
    providerCode: 'PLAN_LIMIT',
    isError: false,
  },
  {
    name: 'submit/SOMETHING_NEW',
    provider: 'rendobar',
    place: 'submit',
    error: { status: 402, code: 'SOMETHING_NEW', message: words('SOMETHING_NEW') },
    code: 'INSUFFICIENT_CREDITS',
    providerCode: 'SOMETHING_NEW',
    isError: false,
  },
  { name: 'submit/page', provider: 'rendobar', place: 'submit', error: 'page', code: 'BAD_RESPONSE', isError: false },
  {
    name: 'submit/cut',
    provider: 'phantomflow',
    place: 'submit',
    error: 'cut',
    code: 'SUBMIT_OUTCOME_UNKNOWN',
    isError: false,
    doubtful: true,
  },
];

/** Every code of both vendors' tables, at every place where a vendor may speak it. */
export const ERROR_CASES: readonly ErrorCase[] = [...listErrorRows().flatMap(casesOf), ...BEYOND_THE_TABLES];

/** A request that asks the row vendor for a case. */
export function requestFor({ provider, name }: Pick<ErrorCase, 'provider' | 'name'>): Json {
  if (provider === 'phantomflow') {
    const element = { type: 'text', text: nameOfRow(name), font_size: 40, color: '#FFFFFF' };
    return { width: 320, height: 180, scenes: [{ duration: 1, elements: [element] }] };
  }
  const command = `ffmpeg -i https://media.test/a.mp4 -metadata comment="${nameOfRow(name)}" b.mp4`;
  return { type: 'ffmpeg', params: { command } };
}
