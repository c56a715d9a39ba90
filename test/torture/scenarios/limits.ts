import { json, page, toBytes } from '../answer.ts';
import { but, fails, GATEWAY, LIMITED, refusedWith } from '../outcomes.ts';
import { echo, type Scenario, type Scene } from '../scenario.ts';

const HOUR = 3_600_000;
const DAY = 86_400_000;
/** The smallest pause after a refusal, and the jitter above the server's word. */
const NONE_TOLD = [1, 1_000] as const;
const about = (ms: number) => [ms - 1_200, ms + 1_200] as const;
const date = (ms: number) => new Date(Date.now() + ms).toUTCString();

const CODES = { rendobar: 'RATE_LIMITED', phantomflow: 'RATE_LIMIT_EXCEEDED' } as const;

function refusal(
  name: string,
  headers: () => Readonly<Record<string, string>>,
  retryAfterMs: readonly [number, number],
  body?: object,
): Scenario {
  return {
    name: `a 429 with ${name}`,
    answer: (scene: Scene) => {
      const error = { code: CODES[scene.provider], message: echo(scene), ...body };
      return [{ send: toBytes(json(429, { error }, headers())) }];
    },
    outcome: LIMITED,
    retryAfterMs,
  };
}

export const LIMIT_SCENARIOS: readonly Scenario[] = [
  refusal('no time', () => ({}), NONE_TOLD),
  refusal('Retry-After in seconds', () => ({ 'retry-after': '7' }), about(7_000)),
  refusal('Retry-After in parts of a second', () => ({ 'retry-after': '2.5' }), about(2_500)),
  refusal('Retry-After as a date', () => ({ 'retry-after': date(9_000), date: date(0) }), about(9_000)),
  refusal('Retry-After as a date and no Date', () => ({ 'retry-after': date(9_000) }), about(9_000)),
  refusal(
    'a date by a clock that is an hour ahead',
    () => ({ 'retry-after': date(HOUR + 9_000), date: date(HOUR) }),
    about(9_000),
  ),
  refusal(
    'a date by a clock that is an hour behind',
    () => ({ 'retry-after': date(9_000 - HOUR), date: date(-HOUR) }),
    about(9_000),
  ),
  refusal('a date that has passed', () => ({ 'retry-after': date(-HOUR), date: date(0) }), NONE_TOLD),
  refusal('Retry-After: 0', () => ({ 'retry-after': '0' }), NONE_TOLD),
  refusal('a negative Retry-After', () => ({ 'retry-after': '-5' }), NONE_TOLD),
  refusal('a huge Retry-After', () => ({ 'retry-after': '9'.repeat(400) }), [DAY - 1_000, DAY + 1_000]),
  refusal('rubbish as Retry-After', () => ({ 'retry-after': 'soon\tish; <b>' }), NONE_TOLD),
  refusal('Retry-After twice', () => ({ 'retry-after': '3', 'Retry-After': '6' }), about(6_000)),
  refusal('the time in the body only', () => ({}), about(8_000), { retryAfter: 8 }),
  refusal(
    'a reset instead of Retry-After',
    () => ({ 'x-ratelimit-reset': `${Math.ceil(Date.now() / 1000) + 20}` }),
    [18_000, 22_000],
  ),
  refusal(
    'a reset by a clock that is an hour ahead',
    () => ({ 'x-ratelimit-reset': `${Math.ceil((Date.now() + HOUR) / 1000) + 20}`, date: date(HOUR) }),
    [18_000, 22_500],
  ),
  refusal(
    'rubbish as limits',
    () => ({ 'x-ratelimit-limit': '-1e999', 'x-ratelimit-remaining': 'NaN', 'x-ratelimit-reset': '0x10' }),
    NONE_TOLD,
  ),
  {
    name: 'a 429 that is a page',
    answer: (scene) => [{ send: toBytes(page(429, echo(scene), { 'retry-after': '7' })) }],
    outcome: LIMITED,
    retryAfterMs: about(7_000),
  },
  {
    name: 'a refusal by the rate limit inside a 200',
    answer: (scene) => [
      {
        send: toBytes(json(200, { error: { code: CODES[scene.provider], message: 'slower' } }, { 'retry-after': '9' })),
      },
    ],
    outcome: LIMITED,
    retryAfterMs: about(9_000),
  },
  {
    name: 'a 503 that asks for an hour',
    answer: (scene) => [{ send: toBytes(page(503, echo(scene), { 'retry-after': '3600' })) }],
    outcome: but(refusedWith('PROVIDER_ERROR'), {
      submit: (provider) => fails(provider === 'rendobar' ? 'PROVIDER_ERROR' : 'SUBMIT_OUTCOME_UNKNOWN'),
    }),
  },
  {
    name: 'a 503 that asks for a moment',
    answer: (scene) => [{ send: toBytes(page(503, echo(scene), { 'retry-after': '0.1' })) }],
    outcome: GATEWAY,
  },
];
