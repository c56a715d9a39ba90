import { Writable } from 'node:stream';
import fc from 'fast-check';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import type { AccountEvent } from '../contract/account-event.ts';
import type { RenderErrorCode } from '../errors/codes.ts';
import { RenderError } from '../errors/render-error.ts';
import { inTurn } from '../testing/answers.ts';
import { MOVIE, rejection, setStage, TEST_KEY } from '../testing/scripted-client.ts';
import { errorAnswer } from '../testing/scripted-transport.ts';
import { EVENTS } from './__fixtures__/every-event.ts';
import { describeEvent } from './describe-event.ts';

/** A pino that keeps what it writes, chunk by chunk. */
function createPinoStage() {
  const chunks: string[] = [];
  const stream = new Writable({
    write(chunk, _encoding, done) {
      chunks.push(String(chunk));
      done();
    },
  });
  const log = pino({ level: 'debug', formatters: { level: (level) => ({ level }) } }, stream);
  const write = (event: AccountEvent) => {
    const { level, message, fields } = describeEvent(event);
    log[level](fields, message);
  };
  return { chunks, write, lines: () => chunks.map((chunk): Record<string, unknown> => JSON.parse(chunk)) };
}

const at = Date.UTC(2026, 0, 1);
const failed = (code: RenderErrorCode, message = 'no'): AccountEvent => ({
  type: 'request',
  at,
  purpose: 'call',
  method: 'GET',
  durationMs: 1_234,
  error: new RenderError({ code, message }).record,
});

/** Any UTF-16 at all: controls, halves of pairs, and what reorders or hides text. */
const anyText = fc.string({
  unit: fc.nat({ max: 0xffff }).map((code) => String.fromCharCode(code)),
  size: 'max',
  maxLength: 3_000,
});

describe('describeEvent', () => {
  it('gives pino one line per event, whatever the event', () => {
    const stage = createPinoStage();
    for (const event of EVENTS) stage.write(event);
    expect(stage.chunks).toHaveLength(EVENTS.length);
    for (const chunk of stage.chunks) expect(chunk.indexOf('\n')).toBe(chunk.length - 1);
    expect(stage.lines().map(({ event }) => event)).toEqual(EVENTS.map(({ type }) => type));
    for (const { msg } of stage.lines()) expect(msg).toMatch(/^[A-Z].+\S$/);
    expect(stage.chunks.join('')).not.toMatch(/undefined|NaN|\[object/);
  });

  it('tells what a person wants to know, at the level that it deserves', () => {
    const told = Object.fromEntries(EVENTS.map((event) => [event.type, describeEvent(event)]));
    expect(
      Object.entries(told).map(([type, { level, message }]) => `${level} ${type}: ${message}`),
    ).toMatchInlineSnapshot(`
      [
        "warn request: A look (GET) failed after 40 ms: RATE_LIMITED (THEIR_CODE): message-secret of the provider",
        "info gate-closed: No request passes for 6.0 s: the provider refused one by its rate limit.",
        "debug submit-queued: A submit of "owner-secret" waits in line; 3 submits in all.",
        "debug slot-leased: A job slot was taken: 1 of 5.",
        "debug slot-freed: A job slot came free: 0 of 5 are taken.",
        "info slot-refused: The provider had no free job slot; 2 are believed to be ours. Next attempt in 1.5 s.",
        "debug look: One look at the list served 7 due jobs; 2 ended.",
        "info job-ended: Job job-secret has succeeded 61.0 s after it was accepted.",
        "info retry: A submit is repeated in 500 ms, after 1 attempt: NETWORK (THEIR_CODE): message-secret of the provider",
        "warn submit-in-doubt: The answer to a submit was lost; others wait until it is settled: NETWORK (THEIR_CODE): message-secret of the provider",
        "info submit-settled: The submit in doubt did arrive: it is job job-secret.",
        "warn submits-paused: Submits rest for 60.0 s: INSUFFICIENT_CREDITS (THEIR_CODE): message-secret of the provider",
        "error account-stopped: The provider rejects the account; 4 submits that waited were refused: UNAUTHENTICATED (THEIR_CODE): message-secret of the provider",
        "warn breaker: The provider counts as down for 5.0 s.",
      ]
    `);
    expect(told.retry?.fields).toEqual({
      event: 'retry',
      purpose: 'submit',
      attempts: 1,
      nextAttemptAt: at + 500,
      code: 'NETWORK',
      providerCode: 'THEIR_CODE',
      httpStatus: 429,
      retryAfterMs: 7_000,
      requestId: 'req-secret',
      jobId: 'job-secret',
    });
  });

  it.each<[RenderErrorCode, string]>([
    ['RATE_LIMITED', 'warn'],
    ['CONCURRENCY_LIMITED', 'info'],
    ['INVALID_REQUEST', 'info'],
    ['UNAUTHENTICATED', 'warn'],
    ['NETWORK', 'warn'],
    ['PROVIDER_ERROR', 'warn'],
    ['CANCELLED', 'debug'],
    ['INTERNAL', 'error'],
  ])('logs an attempt that ended in %s as %s', (code, level) => {
    expect(describeEvent(failed(code))).toMatchObject({ level, fields: { code, durationMs: 1_234 } });
  });

  it('says of an attempt that its caller prevented that it was given up', () => {
    const event: AccountEvent = { type: 'request', at, purpose: 'submit', method: 'POST', durationMs: 0 };
    expect(describeEvent(event)).toMatchObject({
      level: 'debug',
      message: 'A submit (POST) was given up by its caller after 0 ms.',
    });
  });

  it('makes a refusal by the rate limit the one warning of what follows from it', async () => {
    const refused = errorAnswer(429, 'RATE_LIMIT_EXCEEDED', {}, { 'retry-after': '7' });
    const { clock, client } = setStage(
      'phantomflow',
      inTurn(refused, { body: { job_id: 'pf-1', status: 'completed' } }),
    );
    const stage = createPinoStage();
    client.subscribe(stage.write);
    await clock.run(client.get('pf-1'));
    const warnings = stage.lines().filter(({ level }) => level === 'warn');
    expect(warnings).toMatchObject([
      { event: 'request', code: 'RATE_LIMITED', providerCode: 'RATE_LIMIT_EXCEEDED', httpStatus: 429, purpose: 'call' },
    ]);
    expect(stage.lines()).toContainEqual(expect.objectContaining({ event: 'gate-closed', reason: 'refused' }));
  });

  it('logs no key and no signed URL, though the provider and the caller say them', async () => {
    const signed = 'https://cdn.example/o.mp4?X-Amz-Signature=abcdef0123456789abcdef';
    const { clock, client } = setStage(
      'phantomflow',
      inTurn(errorAnswer(401, 'UNAUTHORIZED', { message: `the key ${TEST_KEY} may not\nread ${signed}` })),
    );
    const stage = createPinoStage();
    client.subscribe(stage.write);
    await clock.run(rejection(client.submit(MOVIE)));
    stage.write({ type: 'submit-queued', at, owner: `\u001b[31m${TEST_KEY}\n${signed}`, waiting: 1 });
    const all = stage.chunks.join('');
    expect(all).toContain('UNAUTHENTICATED');
    expect(all).not.toContain(TEST_KEY);
    expect(all).not.toContain('abcdef0123456789');
    expect(all).not.toMatch(/\\n|\\u001b/);
  });

  it('stays one bounded line of plain text for any word of a caller or a provider', () => {
    fc.assert(
      fc.property(anyText, fc.nat(), (text, waiting) => {
        const events: AccountEvent[] = [
          failed('NETWORK', text),
          { type: 'submit-queued', at, owner: text, waiting },
          { type: 'job-ended', at, jobId: text, state: text },
        ];
        for (const event of events) {
          const { message, fields } = describeEvent(event);
          for (const word of [message, ...Object.values(fields)]) {
            if (typeof word !== 'string') continue;
            expect(word.length).toBeLessThanOrEqual(600);
            expect(word).not.toMatch(/[\p{Cc}\u2028\u2029]/u);
          }
        }
      }),
      { numRuns: 20 },
    );
  });

  it('has a line for an event of a newer version', () => {
    const event = { type: 'something-new', at, size: 3 } as unknown as AccountEvent;
    expect(describeEvent(event)).toEqual({
      level: 'debug',
      message: 'something-new',
      fields: { event: 'something-new', size: 3 },
    });
  });
});
