import { describe, expect, it, vi } from 'vitest';
import { CLIENTS, type Connection, connect, follow, type Seen, type SeenError } from './mcp/connect.ts';
import { type Script, type StandIn, type StandInAnswer, startStandIn } from './mcp/stand-in.ts';

type Provider = 'rendobar' | 'phantomflow';
type Expected = Partial<SeenError>;

/** Every vendor code at the submit: HTTP status, vendor code, renderq code, more of the error object, more of the result. */
type Row = readonly [status: number, providerCode: string, code: string, extra?: object, expected?: Expected];

const named = (rows: readonly Row[]) =>
  rows.map(([status, providerCode, code, extra = {}, expected = {}]) => ({
    status,
    providerCode,
    code,
    extra,
    expected,
  }));

const PHANTOMFLOW_ROWS: readonly Row[] = [
  [400, 'INVALID_JSON', 'INVALID_REQUEST'],
  [400, 'SCHEMA_VALIDATION_ERROR', 'INVALID_REQUEST', { path: 'scenes.0.duration' }, { field: 'scenes.0.duration' }],
  [400, 'VALIDATION_ERROR', 'INVALID_REQUEST'],
  [400, 'INVALID_REQUEST', 'INVALID_REQUEST'],
  [401, 'UNAUTHORIZED', 'UNAUTHENTICATED'],
  [402, 'INSUFFICIENT_CREDITS', 'INSUFFICIENT_CREDITS', { required: 42, balance: 7 }, { required: 42, balance: 7 }],
  [403, 'FORBIDDEN', 'FORBIDDEN'],
  [404, 'NOT_FOUND', 'NOT_FOUND'],
  [404, 'TEMPLATE_NOT_FOUND', 'NOT_FOUND'],
  [429, 'RATE_LIMIT_EXCEEDED', 'RATE_LIMITED', {}, { retryable: true }],
  [429, 'CONCURRENCY_LIMIT_EXCEEDED', 'CONCURRENCY_LIMITED', {}, { retryable: true }],
  [500, 'INTERNAL_ERROR', 'PROVIDER_ERROR', {}, { retryable: false }],
  [500, 'RENDER_FAILED', 'RENDER_FAILED', {}, { retryable: false }],
  [422, 'SOMETHING_NEW', 'INVALID_REQUEST'],
];

const RENDOBAR_ROWS: readonly Row[] = [
  [401, 'UNAUTHORIZED', 'UNAUTHENTICATED'],
  [403, 'FORBIDDEN', 'FORBIDDEN'],
  [403, 'INSUFFICIENT_SCOPE', 'FORBIDDEN'],
  [400, 'VALIDATION_ERROR', 'INVALID_REQUEST', { details: { path: 'params.command' } }, { field: 'params.command' }],
  [400, 'INVALID_JOB_TYPE', 'INVALID_REQUEST'],
  [402, 'INSUFFICIENT_CREDITS', 'INSUFFICIENT_CREDITS'],
  [403, 'PLAN_LIMIT', 'PLAN_LIMIT', { message: 'The file is larger than the plan allows.' }],
  [
    403,
    'PLAN_LIMIT',
    'CONCURRENCY_LIMITED',
    { message: 'Too many concurrent jobs for the plan.' },
    { retryable: true },
  ],
  [429, 'RATE_LIMITED', 'RATE_LIMITED', {}, { retryable: true }],
  [409, 'CONFLICT', 'CONFLICT'],
  [403, 'ORG_SUSPENDED', 'ACCOUNT_SUSPENDED'],
  [500, 'INTERNAL_ERROR', 'PROVIDER_ERROR', {}, { retryable: true }],
  [402, 'STORAGE_QUOTA_EXCEEDED', 'PLAN_LIMIT'],
  [413, 'FILE_TOO_LARGE', 'PLAN_LIMIT'],
  [429, 'QUEUE_FULL', 'QUEUE_FULL', {}, { retryable: false }],
  [400, 'INPUT_URL_BLOCKED', 'INVALID_REQUEST'],
  [400, 'INPUT_FETCH_FAILED', 'SOURCE_UNUSABLE'],
  [422, 'INPUT_NOT_MEDIA', 'SOURCE_UNUSABLE'],
  [503, 'NOT_CONFIGURED', 'PROVIDER_UNSUPPORTED'],
  [501, 'NOT_IMPLEMENTED', 'PROVIDER_UNSUPPORTED'],
  [402, 'SOMETHING_NEW', 'INSUFFICIENT_CREDITS'],
];

/** Vendor codes inside a job that was accepted and then failed. */
const RENDOBAR_JOB_ROWS: readonly Row[] = [
  [200, 'RUNNER_ERROR', 'RENDER_FAILED', { retryable: false }, { retryable: false }],
  [200, 'RUNNER_ERROR', 'RENDER_FAILED', { retryable: true }, { retryable: true }],
  [200, 'RUNNER_TIMEOUT', 'RENDER_TIMEOUT'],
  [200, 'JOB_TIMEOUT', 'RENDER_TIMEOUT'],
  [200, 'QUEUE_EXPIRED', 'RENDER_TIMEOUT'],
  [200, 'PROCESSING_FAILED', 'RENDER_FAILED'],
  [200, 'PROVIDER_CRASHED', 'RENDER_FAILED'],
  [200, 'INPUT_UNREADABLE', 'SOURCE_UNUSABLE'],
  [200, 'INPUT_UNSUPPORTED', 'SOURCE_UNUSABLE'],
  [200, 'DISPATCH_EXHAUSTED', 'PROVIDER_ERROR'],
];

const KEYS = { RENDOBAR_API_KEY: 'rb_key_of_the_journey', PHANTOMFLOW_API_KEY: 've_live_key_of_the_journey' };
const REQUESTS: Readonly<Record<Provider, object>> = {
  rendobar: { type: 'ffmpeg', params: { command: 'ffmpeg -i https://media.test/a.mp4 b.mp4' } },
  phantomflow: { scenes: [{ duration: 1, elements: [] }] },
};
const VARIABLES: Readonly<Record<Provider, string>> = {
  rendobar: 'RENDOBAR_BASE_URL',
  phantomflow: 'PHANTOMFLOW_BASE_URL',
};

const ACCEPTED: Readonly<Record<Provider, StandInAnswer>> = {
  rendobar: { status: 201, body: { data: { id: 'job_abc123', status: 'waiting' } } },
  phantomflow: {
    status: 202,
    body: {
      job_id: '0f6a2c11-7a40-4a9e-9c55-2b8f3d1e7a60',
      status: 'queued',
      estimated_credits: 1,
      credits_remaining: 9,
    },
  },
};
const FINISHED: Readonly<Record<Provider, StandInAnswer>> = {
  rendobar: {
    status: 200,
    body: {
      data: {
        id: 'job_abc123',
        status: 'complete',
        output: {
          data: null,
          file: { url: 'https://cdn.test/b.mp4', path: 'b.mp4', type: 'video', size: 10 },
          files: [{ url: 'https://cdn.test/b.mp4', path: 'b.mp4', type: 'video', size: 10 }],
          expiresAt: 4_000_000_000_000,
        },
      },
    },
  },
  phantomflow: {
    status: 200,
    body: {
      job_id: '0f6a2c11-7a40-4a9e-9c55-2b8f3d1e7a60',
      status: 'completed',
      output_url: 'https://cdn.test/b.mp4',
      duration_seconds: 1,
      credits_used: 1,
    },
  },
};

const refusal = (
  status: number,
  code: string,
  extra: object = {},
  headers: Readonly<Record<string, string>> = {},
): StandInAnswer => ({
  status,
  headers,
  body: { error: { code, message: `The vendor's words on ${code}.`, ...extra } },
});

interface Stage {
  readonly standIn: StandIn;
  readonly connection: Connection;
  submit(args?: object): Promise<Seen>;
  /** Submits and looks until the job has ended or cannot be looked at. */
  run(args?: object): Promise<Seen>;
}

/** One fresh server and one fresh stand-in per case: a refused account is paused, and must not be met by the next case. */
async function onStage(provider: Provider, script: Script, act: (stage: Stage) => Promise<void>): Promise<void> {
  const standIn = await startStandIn(script);
  // Every kind of client takes its turn, so that each meets errors of every sort.
  const kind = CLIENTS[turn++ % CLIENTS.length] ?? 'v1';
  const connection = await connect(kind, { ...KEYS, [VARIABLES[provider]]: standIn.url });
  const submit: Stage['submit'] = (args) =>
    connection.call('submit_render', { provider, request: REQUESTS[provider], maxQueueSeconds: 0, ...args });
  try {
    await act({
      standIn,
      connection,
      submit,
      async run(args) {
        const submitted = await submit(args);
        return submitted.job?.state === 'failed' ? submitted : follow(connection, submitted.job?.id ?? '');
      },
    });
  } finally {
    await connection.close();
    await standIn.close();
  }
}
let turn = 0;

const refusedOnly = (seen: Seen): Seen | undefined => (seen.job?.queue?.error ? seen : undefined);

function expectFailedJob(seen: Seen, code: string, providerCode: string, expected: Expected = {}): void {
  expect(seen.isError).toBe(false);
  expect(seen.job).toMatchObject({ state: 'failed', error: { code, providerCode, ...expected } });
  expect(seen.job?.error?.jobId).toBe(seen.job?.id);
  expect(seen.job?.error?.remedy).toMatch(/\w/);
  expect(seen.text.startsWith(`${code} (${providerCode}): provider says: "`)).toBe(true);
  expect(seen.text).toContain('\nNext: ');
}

describe.concurrent.each([
  ['phantomflow', PHANTOMFLOW_ROWS],
  ['rendobar', RENDOBAR_ROWS],
] as const)('%s refuses a submit', (provider, rows) => {
  it.each(named(rows))('with $status $providerCode: the job failed with $code', async (row) => {
    const { status, providerCode, code, extra, expected } = row;
    await onStage(provider, { submits: [refusal(status, providerCode, extra)] }, async ({ run, standIn }) => {
      expectFailedJob(await run(), code, providerCode, { httpStatus: status, provider, ...expected });
      // Only a keyed submit may be repeated after a fault of the server.
      const isRepeated = code === 'PROVIDER_ERROR' && provider === 'rendobar';
      expect(standIn.submits).toHaveLength(isRepeated ? 4 : 1);
    });
  });
});

describe.concurrent('a job fails after it was accepted', () => {
  it.each(named(RENDOBAR_JOB_ROWS))('at rendobar with $providerCode $extra: $code', async (row) => {
    const { status, providerCode, code, extra, expected } = row;
    const error = { code: providerCode, message: 'exit code 1', detail: 'tail of the log', ...extra };
    const looks = [{ status, body: { data: { id: 'job_abc123', status: 'failed', error } } }];
    await onStage('rendobar', { submits: [ACCEPTED.rendobar], looks }, async ({ run }) => {
      const seen = await run();
      expectFailedJob(seen, code, providerCode, expected);
      expect(seen.job?.providerJobId).toBe('job_abc123');
    });
  });

  it.each([
    ['in the job', 200, { status: 'failed', error: { code: 'RENDER_FAILED', message: 'FFmpeg exited with code 1' } }],
    ['as the answer to the look', 500, { error: { code: 'RENDER_FAILED', message: 'FFmpeg exited with code 1' } }],
  ])('at phantomflow with RENDER_FAILED %s', async (_where, status, body) => {
    await onStage('phantomflow', { submits: [ACCEPTED.phantomflow], looks: [{ status, body }] }, async ({ run }) => {
      expectFailedJob(await run(), 'RENDER_FAILED', 'RENDER_FAILED');
    });
  });
});

describe.concurrent.each(['phantomflow', 'rendobar'] as const)('%s', (provider) => {
  it('renders: the request goes out as it came, and the result comes back with its link', async () => {
    await onStage(
      provider,
      { submits: [ACCEPTED[provider]], looks: [FINISHED[provider]] },
      async ({ run, standIn }) => {
        const seen = await run();
        expect(seen.job).toMatchObject({ state: 'succeeded', output: { url: 'https://cdn.test/b.mp4' } });
        expect(seen.job?.local).toBeUndefined();
        expect(standIn.submits[0]?.body).toMatchObject(REQUESTS[provider]);
        const { authorization, 'x-api-key': apiKey } = standIn.submits[0]?.headers ?? {};
        expect([authorization, apiKey]).toContain(
          provider === 'rendobar' ? `Bearer ${KEYS.RENDOBAR_API_KEY}` : KEYS.PHANTOMFLOW_API_KEY,
        );
      },
    );
  });

  it('waits out a rate limit, showing the code while it waits, and renders then', async () => {
    const limited = refusal(
      429,
      provider === 'rendobar' ? 'RATE_LIMITED' : 'RATE_LIMIT_EXCEEDED',
      {},
      { 'retry-after': '5' },
    );
    const script = { submits: [limited, ACCEPTED[provider]], looks: [FINISHED[provider]] };
    await onStage(provider, script, async ({ submit, connection, standIn }) => {
      const submitted = await submit({ maxQueueSeconds: 60 });
      // On a busy machine the refusal may come after the answer to the submit.
      const look = () => connection.call('get_job', { jobId: submitted.job?.id });
      const waiting = submitted.job?.queue
        ? submitted
        : await vi.waitUntil(async () => refusedOnly(await look()), 10_000);
      expect(waiting.isError).toBe(false);
      expect(waiting.job).toMatchObject({ state: 'queued', queue: { error: { code: 'RATE_LIMITED' } } });
      expect(waiting.job?.queue?.error?.retryAfterMs).toBeGreaterThan(0);
      expect(waiting.text).toContain('RATE_LIMITED (');
      expect((await follow(connection, waiting.job?.id ?? '')).job?.state).toBe('succeeded');
      expect(standIn.submits).toHaveLength(2);
    });
  });

  it('tells that a job cannot be looked at as an error, with the job beside it', async () => {
    const looks = [refusal(401, 'UNAUTHORIZED')];
    await onStage(provider, { submits: [ACCEPTED[provider]], looks }, async ({ run }) => {
      const seen = await run();
      expect(seen.isError).toBe(true);
      expect(seen.error).toMatchObject({ code: 'UNAUTHENTICATED', providerCode: 'UNAUTHORIZED', httpStatus: 401 });
      expect(seen.job?.providerJobId).toMatch(/\w/);
      expect(seen.text.startsWith('UNAUTHENTICATED (UNAUTHORIZED): ')).toBe(true);
    });
  });

  it('tells that the provider forgot a job it had accepted', async () => {
    const looks = [refusal(404, 'NOT_FOUND')];
    await onStage(provider, { submits: [ACCEPTED[provider]], looks }, async ({ run }) => {
      const seen = await run();
      expect(seen.isError).toBe(true);
      expect(seen.error).toMatchObject({ code: 'NOT_FOUND', providerCode: 'NOT_FOUND' });
      expect(seen.job?.id).toBe(seen.error?.jobId);
    });
  });

  it('names a web page that answers in place of the API', async () => {
    const page = { status: 403, type: 'text/html', raw: '<html><body>Blocked by the proxy</body></html>' } as const;
    await onStage(provider, { submits: [page] }, async ({ run }) => {
      const { job } = await run();
      expect(job?.error?.code).toMatch(/^(BAD_RESPONSE|FORBIDDEN)$/);
      expect(job?.error?.httpStatus).toBe(403);
    });
  });
});

describe.concurrent('an answer to a submit is lost', () => {
  it('at phantomflow, which has no idempotency keys: the outcome is unknown, and nothing is sent twice', async () => {
    await onStage('phantomflow', { submits: ['cut', ACCEPTED.phantomflow] }, async ({ run, standIn }) => {
      const seen = await run();
      expect(seen.job?.error).toMatchObject({ code: 'SUBMIT_OUTCOME_UNKNOWN', retryable: false });
      expect(seen.text.startsWith('SUBMIT_OUTCOME_UNKNOWN: ')).toBe(true);
      expect(standIn.submits).toHaveLength(1);
    });
  });

  it('at rendobar: it is sent again under the same key, and the job is found', async () => {
    const script = { submits: ['cut', ACCEPTED.rendobar] as const, looks: [FINISHED.rendobar] };
    await onStage('rendobar', script, async ({ run, standIn }) => {
      expect((await run({ idempotencyKey: 'mine', maxQueueSeconds: 60 })).job?.state).toBe('succeeded');
      const keys = standIn.submits.map(({ body }) => body.idempotencyKey);
      expect(keys).toHaveLength(2);
      expect(keys[0]).toMatch(/^rq_/);
      expect(keys[1]).toBe(keys[0]);
    });
  });
});

describe.concurrent('nobody is there', () => {
  it.each(['phantomflow', 'rendobar'] as const)('a dead base URL of %s is told as NETWORK', async (provider) => {
    const standIn = await startStandIn({ submits: ['cut'] });
    await standIn.close();
    const connection = await connect('v1', { ...KEYS, [VARIABLES[provider]]: standIn.url });
    try {
      const submitted = await connection.call('submit_render', {
        provider,
        request: REQUESTS[provider],
        maxQueueSeconds: 0,
      });
      const seen = submitted.job?.state === 'failed' ? submitted : await follow(connection, submitted.job?.id ?? '');
      expect(seen.job?.error).toMatchObject({ code: 'NETWORK', retryable: true });
      expect(seen.text.startsWith('NETWORK: ')).toBe(true);
    } finally {
      await connection.close();
    }
  });

  it.each(['ftp://x', 'http://example.com', 'nonsense'])('the base URL %s is refused at the call', async (baseUrl) => {
    const connection = await connect('v2 of the 2025 revisions', { ...KEYS, PHANTOMFLOW_BASE_URL: baseUrl });
    try {
      const args = { provider: 'phantomflow', request: REQUESTS.phantomflow };
      const seen = await connection.call('submit_render', args);
      expect(seen.isError).toBe(true);
      expect(seen.error).toMatchObject({ code: 'INVALID_REQUEST', field: expect.stringMatching(/_BASE_URL$/) });
      const { providers = [] } = await connection.call('list_providers');
      expect(providers.find(({ id }) => id === 'phantomflow')).toMatchObject({ configured: false });
      expect(providers.find(({ id }) => id === 'rendobar')).toMatchObject({ configured: true });
    } finally {
      await connection.close();
    }
  });

  it('a provider without a key says which variable is missing', async () => {
    const connection = await connect('v1', { RENDOBAR_API_KEY: 'rb_only' });
    try {
      const seen = await connection.call('submit_render', { provider: 'phantomflow', request: REQUESTS.phantomflow });
      expect(seen.error).toMatchObject({ code: 'UNAUTHENTICATED', provider: 'phantomflow' });
      expect(seen.text).toContain('PHANTOMFLOW_API_KEY');
    } finally {
      await connection.close();
    }
  });
});
