import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RenderError } from '../errors/render-error.ts';
import { webCryptoHmac } from '../host/web-crypto-hmac.ts';
import { rejection } from '../testing/scripted-client.ts';
import { createVirtualClock, START_MS } from '../testing/virtual-clock.ts';
import { createDeliveryLog } from './delivery-log.ts';
import type { RendobarEvent } from './rendobar-event.ts';
import { createRendobarWebhookReceiver } from './rendobar-webhook.ts';
import { webhookRefusalStatus } from './webhook-refusal.ts';

const SECRET = 'whsec_the-one-in-force';
const OLD_SECRET = 'whsec_the-one-before';
const BODY = JSON.stringify({
  version: '1',
  event: 'job.failed',
  deliveryId: 'whd_1',
  timestamp: START_MS,
  orgId: 'org_1',
  data: {
    jobId: 'job_1',
    jobType: 'ffmpeg',
    status: 'failed',
    error: { code: 'RUNNER_ERROR', message: 'exit 1', retryable: true },
    cost: { amount: 12_000_000, currency: 'USD', formatted: '$0.01' },
    timing: { createdAt: START_MS - 9_000, startedAt: START_MS - 8_000, completedAt: START_MS },
  },
});

/** As the webhooks guide describes it, by other means than the code under test. */
const sign = (body: string | Uint8Array, secret: string, timestamp: string) =>
  `sha256=${createHmac('sha256', secret).update(`${timestamp}.`).update(body).digest('hex')}`;

function setUp(secret: string | readonly string[] = SECRET) {
  const clock = createVirtualClock();
  const receiver = createRendobarWebhookReceiver({ secret }, { hmac: webCryptoHmac, clock });
  const seconds = String(START_MS / 1000);
  const headersFor = (body = BODY, key = SECRET, timestamp = seconds) => ({
    'x-rendobar-signature': sign(body, key, timestamp),
    'x-rendobar-timestamp': timestamp,
    'x-rendobar-delivery': 'whd_1',
  });
  return { clock, receiver, headersFor, seconds };
}

describe('verifying a delivery', () => {
  it('gives the event with the job that it tells of', async () => {
    const { receiver, headersFor } = setUp();
    const event = await receiver.verify(BODY, headersFor());
    expect(event).toMatchObject({ kind: 'job', event: 'job.failed', deliveryId: 'whd_1', orgId: 'org_1' });
    expect(event.kind === 'job' && event.job).toMatchObject({
      id: 'job_1',
      type: 'ffmpeg',
      state: 'failed',
      createdAt: START_MS - 9_000,
      completedAt: START_MS,
      error: { code: 'RENDER_FAILED', providerCode: 'RUNNER_ERROR', retryable: true },
      cost: { amount: 12_000_000, unit: 'nanodollars', formatted: '$0.01' },
    });
  });

  it('takes bytes, headers of any case, lists of values and a Headers object', async () => {
    const { receiver, headersFor } = setUp();
    const bytes = new TextEncoder().encode(BODY);
    const headers = headersFor();
    const capital = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toUpperCase(), [value]]));
    for (const given of [headers, capital, new Headers(headers)]) {
      expect((await receiver.verify(bytes, given)).event).toBe('job.failed');
    }
  });

  it('refuses any other byte in the body, the time or the signature', async () => {
    const { receiver, headersFor } = setUp();
    const bytes = new TextEncoder().encode(BODY);
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: bytes.length - 1 }), fc.integer({ min: 1, max: 255 }), async (index, change) => {
        const forged = Uint8Array.from(bytes);
        forged[index] = (forged[index] ?? 0) ^ change;
        expect((await rejection(receiver.verify(forged, headersFor()))).code).toBe('UNAUTHENTICATED');
      }),
      { numRuns: 50 },
    );
    const headers = headersFor();
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: 63 }), fc.constantFrom(...'0123456789abcdef'), async (index, digit) => {
        const at = index + 'sha256='.length;
        fc.pre(headers['x-rendobar-signature'][at] !== digit);
        const signature =
          headers['x-rendobar-signature'].slice(0, at) + digit + headers['x-rendobar-signature'].slice(at + 1);
        const forged = { ...headers, 'x-rendobar-signature': signature };
        expect((await rejection(receiver.verify(BODY, forged))).code).toBe('UNAUTHENTICATED');
      }),
      { numRuns: 50 },
    );
    const moved = { ...headers, 'x-rendobar-timestamp': String(START_MS / 1000 + 1) };
    expect((await rejection(receiver.verify(BODY, moved))).code).toBe('UNAUTHENTICATED');
  });

  it.each([
    ['no signature', { 'x-rendobar-signature': undefined }],
    ['no time', { 'x-rendobar-timestamp': undefined }],
    ['a signature that is none', { 'x-rendobar-signature': 'sha256=' }],
    ['the signature of another secret', { 'x-rendobar-signature': sign(BODY, 'other', String(START_MS / 1000)) }],
  ])('refuses a delivery with %s', async (_name, change) => {
    const { receiver, headersFor } = setUp();
    const error = await rejection(receiver.verify(BODY, { ...headersFor(), ...change }));
    expect(error.code).toBe('UNAUTHENTICATED');
    expect(JSON.stringify(error)).not.toContain(SECRET);
  });

  it('accepts five minutes of age and no more, in seconds and in milliseconds', async () => {
    const { clock, receiver, headersFor } = setUp();
    const inMs = headersFor(BODY, SECRET, String(START_MS));
    await clock.advance(300_000);
    await receiver.verify(BODY, headersFor());
    await receiver.verify(BODY, inMs);
    await clock.advance(1);
    for (const headers of [headersFor(), inMs]) {
      expect((await rejection(receiver.verify(BODY, headers))).record).toMatchObject({
        code: 'UNAUTHENTICATED',
        field: 'X-Rendobar-Timestamp',
      });
    }
    const ahead = headersFor(BODY, SECRET, String((START_MS + 601_000) / 1000));
    expect((await rejection(receiver.verify(BODY, ahead))).code).toBe('UNAUTHENTICATED');
  });

  it('takes both signatures of a rotation under either secret', async () => {
    const { seconds, headersFor } = setUp();
    const rotating = {
      ...headersFor(),
      'x-rendobar-signature-previous': sign(BODY, OLD_SECRET, seconds),
    };
    for (const secret of [SECRET, OLD_SECRET, [SECRET, OLD_SECRET]]) {
      expect((await setUp(secret).receiver.verify(BODY, rotating)).event).toBe('job.failed');
    }
    expect((await setUp([SECRET, OLD_SECRET]).receiver.verify(BODY, headersFor(BODY, OLD_SECRET))).event).toBe(
      'job.failed',
    );
    expect((await rejection(setUp(OLD_SECRET).receiver.verify(BODY, headersFor()))).code).toBe('UNAUTHENTICATED');
  });

  it.each([{ event: 'job.failed' }, null, undefined, 7])('asks for the raw body when it is given %j', async (body) => {
    const { receiver, headersFor } = setUp();
    const { record } = await rejection(receiver.verify(body as unknown as string, headersFor()));
    expect(record).toMatchObject({ code: 'INVALID_REQUEST', field: 'rawBody' });
  });

  it('refuses to be made without a secret', () => {
    for (const secret of ['', ' ', [], ['a', '']]) expect(() => setUp(secret)).toThrow(/no secret/);
  });
});

describe('reading an event', () => {
  const read = async (body: unknown) => {
    const { receiver, headersFor } = setUp();
    const text = JSON.stringify(body);
    return receiver.verify(text, headersFor(text));
  };

  it.each([
    [
      { event: 'balance.low', data: { amount: 1 } },
      { kind: 'balance', event: 'balance.low', data: { amount: 1 } },
    ],
    [
      { event: 'job.exploded', data: { jobId: 'job_1' } },
      { kind: 'other', event: 'job.exploded' },
    ],
    [
      { event: 'job.completed', data: { jobId: '../x' } },
      { kind: 'other', event: 'job.completed' },
    ],
    [
      { event: 'job.deliveries_settled', data: { jobId: 'job_1' } },
      { kind: 'job', job: { state: 'succeeded' } },
    ],
    [
      { event: 'job.started', data: { jobId: 'job_1' } },
      { kind: 'job', job: { id: 'job_1', state: 'running' } },
    ],
    // The flat body of early 2026.
    [
      { event: 'job.completed', jobId: 'job_1', timing: { createdAt: START_MS } },
      { kind: 'job', job: { createdAt: START_MS } },
    ],
  ])('understands %j', async (body, expected) => {
    expect(await read(body)).toMatchObject(expected);
  });

  it.each([{ body: [] }, { body: 'text' }, { body: {} }, { body: { event: null, data: {} } }])(
    'refuses $body, which is no event',
    async ({ body }) => {
      expect((await rejection(read(body))).record).toMatchObject({ code: 'INVALID_REQUEST', field: 'body' });
    },
  );

  it('never throws anything but a RenderError, whatever signed body arrives', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.json(), fc.string()), async (text) => {
        const { receiver, headersFor } = setUp();
        const outcome = receiver.verify(text, headersFor(text)).then(() => undefined, rejected);
        expect((await outcome)?.code ?? 'INVALID_REQUEST').toBe('INVALID_REQUEST');
      }),
      { numRuns: 100 },
    );
  });
});

const rejected = (error: unknown) => rejection(Promise.reject(error));

describe('handling deliveries that come more than once', () => {
  it('gives each to the handler once', async () => {
    const { receiver, headersFor } = setUp();
    const seen: RendobarEvent[] = [];
    const take = () => receiver.handle(BODY, headersFor(), (event) => void seen.push(event));
    expect(await take()).toBe('done');
    expect(await take()).toBe('repeat');
    expect(seen).toHaveLength(1);
  });

  it('gives a delivery again whose handler failed, and has a second one that comes meanwhile wait', async () => {
    const log = createDeliveryLog();
    const first = Promise.withResolvers<void>();
    const calls: string[] = [];
    const failing = log.once('a', async () => {
      calls.push('first');
      await first.promise;
    });
    const waiting = log.once('a', async () => void calls.push('second'));
    await Promise.resolve();
    expect(calls).toEqual(['first']);
    first.reject(new Error('the database is away'));
    await expect(failing).rejects.toThrow('away');
    expect(await waiting).toBe('done');
    expect(calls).toEqual(['first', 'second']);
    expect(await log.once('a', async () => void calls.push('third'))).toBe('repeat');
  });

  it('remembers as many as it was told to', async () => {
    const log = createDeliveryLog(2);
    for (const id of ['a', 'b', 'c']) await log.once(id, async () => undefined);
    expect(await log.once('c', async () => undefined)).toBe('repeat');
    expect(await log.once('a', async () => undefined)).toBe('done');
  });

  it('is not fooled by another delivery id in the headers, which nobody signs', async () => {
    const { receiver, headersFor } = setUp();
    const replayed = { ...headersFor(), 'x-rendobar-delivery': 'whd_2' };
    await receiver.handle(BODY, headersFor(), () => undefined);
    expect(await receiver.handle(BODY, replayed, () => undefined)).toBe('repeat');
  });
});

describe('the status to answer a delivery with', () => {
  it('is 401 for what is not proven to be from Rendobar, and 400 for what is no event', async () => {
    const { receiver, headersFor } = setUp();
    const forged = await rejection(receiver.handle(BODY, headersFor(BODY, OLD_SECRET), () => undefined));
    const unsigned = await rejection(receiver.verify(BODY, {}));
    const parsed = await rejection(receiver.verify(JSON.parse(BODY), headersFor()));
    const noEvent = await rejection(receiver.verify('{}', headersFor('{}')));
    expect([forged, unsigned, parsed, noEvent].map(webhookRefusalStatus)).toEqual([401, 401, 400, 400]);
  });

  it('is none for what onEvent throws, even an error that looks like a refusal or was one', async () => {
    const { receiver, headersFor } = setUp();
    const alike = new RenderError({ code: 'UNAUTHENTICATED', message: 'm', field: 'X-Rendobar-Signature' });
    const thrown = [
      alike,
      await rejection(receiver.handle(BODY, headersFor(), () => Promise.reject(alike))),
      await rejection(receiver.handle(BODY, headersFor(), async () => void (await receiver.verify(BODY, {})))),
      new Error('of the caller'),
      undefined,
    ];
    expect(thrown[1]).toBe(alike);
    expect(thrown.map(webhookRefusalStatus)).toEqual(thrown.map(() => undefined));
  });
});
