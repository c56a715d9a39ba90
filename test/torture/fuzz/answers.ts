import { core } from '../built-core.ts';
import { JOB_ID, type Operation, type Provider, SIGNED_URL, SOUND } from '../vendor.ts';
import type { Random } from './random.ts';

export interface FuzzAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Whether the signed link in it, if there is one, is still whole: a torn one need not be recognised. */
  readonly isIntact: boolean;
}

type Json = unknown;

const CODES = {
  rendobar: Object.keys(core.findProvider('rendobar').errors),
  phantomflow: Object.keys(core.findProvider('phantomflow').errors),
};

const WORDS = [
  'queued',
  'running',
  'complete',
  'completed',
  'failed',
  'FAILED',
  'timeout',
  'cancelled',
  'expired',
  'hibernating',
  '',
  ' failed ',
  'in progress',
] as const;

const STATUSES = [
  200, 200, 200, 201, 202, 204, 206, 299, 301, 304, 307, 400, 401, 402, 403, 404, 408, 409, 410, 413, 418, 422, 429,
  429, 499, 500, 500, 502, 503, 504, 520, 599, 600, 799, 999,
] as const;

/** An answer that is sound but for one thing or many, or no answer of this API at all. */
export function fuzzAnswer(random: Random, provider: Provider, operation: Operation, apiKey: string): FuzzAnswer {
  const sound = SOUND[provider][operation];
  const headers = random.chance(0.3) ? fuzzHeaders(random, apiKey) : { 'content-type': 'application/json' };
  const shape = random.int(10);
  if (shape === 0) return { status: sound.status, headers, body: sound.body.toString(), isIntact: true };
  if (shape <= 5) {
    const status = random.chance(0.8) ? sound.status : random.pick(STATUSES);
    return { status, headers, body: mutatedJson(random, sound.body.toString(), apiKey), isIntact: true };
  }
  if (shape <= 7) {
    const status = random.chance(0.15) ? sound.status : random.pick(STATUSES);
    return { status, headers, body: JSON.stringify(fuzzError(random, provider, apiKey)), isIntact: true };
  }
  const whole = random.chance(0.5) ? sound.body.toString() : JSON.stringify(fuzzError(random, provider, apiKey));
  const body = shape === 8 ? tornText(random, whole) : garbage(random);
  return { status: random.pick(STATUSES), headers, body, isIntact: false };
}

function weird(random: Random, apiKey: string, depth = 0): Json {
  const kind = random.int(depth > 3 ? 14 : 18);
  switch (kind) {
    case 0:
      return null;
    case 1:
      return random.chance(0.5);
    case 2:
      return random.pick([
        0,
        -0,
        -1,
        1,
        0.5,
        99.9,
        1e21,
        1e308,
        -1e308,
        5e-324,
        2 ** 53,
        1_788_000_000_000,
        1_788_000_000,
      ]);
    case 3:
      return random.pick(['7', '-7', '1e400', '0x10', ' 5 ', '50%', '250 %', 'NaN', 'Infinity', '٣']);
    case 4:
      return random.pick(WORDS);
    case 5:
      return SIGNED_URL;
    case 6:
      return `see ${SIGNED_URL} with Authorization: Bearer ${apiKey} or x-api-key: ${apiKey}`;
    case 7:
      return apiKey;
    case 8:
      return random.pick([
        '2026-11-01T10:00:00Z',
        '1969-01-01',
        '+275760-09-13T00:00:00Z',
        'Sun, 01 Nov 2026 10:00:00 GMT',
      ]);
    case 9:
      return random.pick([
        '\ud800',
        '\u0000\u001b[31mred\u001b[0m',
        '\u202e\u200b',
        '\\',
        '"',
        '../../x',
        'a/b',
        '%2e%2e',
      ]);
    case 10:
      return 'long '.repeat(random.int(1_000));
    case 11:
      return random.pick([
        'http://',
        'https://[',
        'ftp://x/y',
        'javascript:alert(1)',
        'HTTPS://EXAMPLE/x.mp4',
        'http://a b',
      ]);
    case 12:
      return random.pick([[], {}, [[]], [null], { data: null }]);
    case 13:
      return JOB_ID;
    case 14:
      return Array.from({ length: random.int(6) }, () => weird(random, apiKey, depth + 1));
    case 15:
      return nest(random, 2 + random.int(400), apiKey);
    default:
      return Object.fromEntries(
        Array.from({ length: random.int(5) }, () => [fieldName(random), weird(random, apiKey, depth + 1)]),
      );
  }
}

function nest(random: Random, depth: number, apiKey: string): Json {
  const name = random.pick(['data', 'value', 'error', 'job', 'jobs', 'fraction', 'output', 'details']);
  let inner: Json = random.chance(0.5) ? 0.5 : apiKey;
  for (let level = 0; level < depth; level += 1) inner = { [name]: inner };
  return inner;
}

function fieldName(random: Random): string {
  return random.pick([
    'id',
    'job_id',
    'jobId',
    'status',
    'state',
    'progress',
    'percent',
    'value',
    'output',
    'output_url',
    'url',
    'file',
    'files',
    'error',
    'errors',
    'code',
    'message',
    'details',
    'path',
    'field',
    'issues',
    'reason',
    'limit',
    'required',
    'balance',
    'retryable',
    'retryAfter',
    'requestId',
    'data',
    'jobs',
    'items',
    'results',
    'meta',
    'total',
    'cost',
    'amount',
    'nanodollars',
    'createdAt',
    'completed_at',
    'jsonSchema',
    'schema',
    'type',
    '__proto__',
    'constructor',
    'toJSON',
    'then',
    'length',
    '0',
    '',
  ]);
}

/** An error in one of the envelopes seen in the field, with the credential wherever a careless server may put it. */
function fuzzError(random: Random, provider: Provider, apiKey: string): Json {
  const code = random.chance(0.6) ? CODES[provider][random.int(CODES[provider].length)] : weird(random, apiKey);
  const error: Record<string, Json> = {
    code,
    message: random.chance(0.5) ? `about ${apiKey} and ${SIGNED_URL}` : weird(random, apiKey),
  };
  for (let extra = random.int(4); extra > 0; extra -= 1) error[fieldName(random)] = weird(random, apiKey);
  return random.pick<Json>([
    { error },
    { error },
    { error },
    error,
    { errors: [error] },
    { error: error.message },
    { data: { error } },
    [error],
  ]);
}

interface Place {
  readonly holder: Record<string, Json>;
  readonly name: string;
}

/** Every place of a JSON document where something can be changed. */
function placesOf(value: Json): readonly Place[] {
  const places: Place[] = [];
  const open: Json[] = [value];
  for (let holder = open.pop(); holder !== undefined; holder = open.pop()) {
    if (typeof holder !== 'object' || holder === null) continue;
    for (const [name, inner] of Object.entries(holder)) {
      places.push({ holder: holder as Record<string, Json>, name });
      if (typeof inner === 'object') open.push(inner);
    }
  }
  return places;
}

function mutatedJson(random: Random, json: string, apiKey: string): string {
  const root = { root: JSON.parse(json) as Json };
  for (let edits = 1 + random.int(4); edits > 0; edits -= 1) {
    const places = placesOf(root);
    const place = places[random.int(places.length)];
    if (place === undefined) break;
    const { holder, name } = place;
    switch (random.int(6)) {
      case 0:
        if (!Array.isArray(holder) && holder !== root) delete holder[name];
        break;
      case 1:
        holder[name] = { [fieldName(random)]: holder[name] };
        break;
      case 2:
        holder[name] = [holder[name], holder[name]];
        break;
      case 3:
        if (!Array.isArray(holder) && holder !== root) define(holder, fieldName(random), weird(random, apiKey));
        break;
      default:
        define(holder, name, weird(random, apiKey));
    }
  }
  const text = JSON.stringify(root.root) ?? 'null';
  return random.chance(0.05) ? `\ufeff${text}` : text;
}

/** Also where the name is one that assignment would take for something else. */
function define(holder: Record<string, Json>, name: string, value: Json): void {
  Object.defineProperty(holder, name, { value, enumerable: true, configurable: true, writable: true });
}

function tornText(random: Random, text: string): string {
  let torn = text;
  for (let cuts = 1 + random.int(5); cuts > 0; cuts -= 1) {
    const at = random.int(torn.length + 1);
    const other = random.int(torn.length + 1);
    torn = random
      .pick([
        torn.slice(0, at),
        torn.slice(at),
        torn.slice(0, at) + torn.slice(at + 1),
        torn.slice(0, at) + String.fromCharCode(random.int(0x250)) + torn.slice(at),
        torn.slice(0, at) + torn.slice(other),
        torn + torn.slice(other),
      ])
      .slice(0, 20_000);
  }
  return torn;
}

function garbage(random: Random): string {
  const bytes = Buffer.from(Array.from({ length: random.int(300) }, () => random.int(256)));
  return random.pick([
    '',
    '<html><title>502</title></html>',
    '[',
    '{"',
    'null',
    bytes.toString('utf8'),
    bytes.toString('latin1'),
  ]);
}

function fuzzHeaders(random: Random, apiKey: string): Record<string, string> {
  const time = random.pick([
    '0',
    '1',
    '7',
    '-5',
    '0.25',
    '1e3',
    '9'.repeat(60),
    '',
    'soon',
    '3, 9',
    '120',
    'Sun, 01 Nov 2026 10:00:00 GMT',
    'Mon, 32 Foo 2026 99:99:99 GMT',
    apiKey,
  ]);
  const number = () =>
    random.pick(['0', '1', '5', '60', '-1', '1e400', 'NaN', '99999999999', '1767225630', '1767225630000', '2.5', '']);
  const all: Record<string, string> = {
    'content-type': random.pick(['application/json', 'text/html; charset=utf-16', '', apiKey]),
    'retry-after': time,
    'x-ratelimit-limit': number(),
    'x-ratelimit-remaining': number(),
    'x-ratelimit-reset': number(),
    date: random.pick(['Thu, 01 Jan 2026 00:00:00 GMT', 'Thu, 01 Jan 2026 01:00:00 GMT', 'never', '']),
    'x-request-id': random.pick(['req-1', apiKey, `${SIGNED_URL} ${apiKey}`, '\u001b[2J']),
    ['__proto__']: 'x',
  };
  return Object.fromEntries(Object.entries(all).filter(() => random.chance(0.4)));
}
