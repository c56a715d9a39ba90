import { describe, expect, it } from 'vitest';
import type { SubmitOptions } from '../contract/client.ts';
import { created, inTurn, rendered, running } from '../testing/answers.ts';
import { setRendobarStage } from '../testing/rendobar-stage.ts';
import { COMMAND, rejection, setStage } from '../testing/scripted-client.ts';
import { errorAnswer } from '../testing/scripted-transport.ts';
import { withCallerFunctions } from './caller-functions.ts';

class OwnError extends Error {}

const fail = () => {
  throw new OwnError('a defect of the caller');
};
const failLater = async () => fail();
const refused = (promise: Promise<unknown>) => promise.catch((error: unknown) => error);

describe('a function of the caller that throws', () => {
  it('as onSend keeps the request from the wire, and reaches the caller as it is', async () => {
    const { clock, client, wire } = setStage('phantomflow', inTurn(created), { limits: { concurrentJobs: 1 } });
    const movie = { scenes: [{ duration: 1 }] };
    expect(await clock.run(refused(client.submit(movie, { onSend: fail })))).toBeInstanceOf(OwnError);
    expect(wire.requests).toHaveLength(0);
    // The only slot of the account is free again at once.
    const before = clock.now();
    await clock.run(client.submit(movie));
    expect(clock.now() - before).toBeLessThan(1_000);
  });

  it.each([
    ['onQueued', fail],
    ['onQueued, later', failLater],
  ])('as %s ends the submit, and reaches the caller as it is', async (_name, onQueued) => {
    const limited = errorAnswer(429, 'RATE_LIMITED', {}, { 'retry-after': '5' });
    const { clock, client, wire } = setStage('rendobar', inTurn(limited, created));
    expect(await clock.run(refused(client.submit(COMMAND, { onQueued })))).toBeInstanceOf(OwnError);
    expect(wire.requests).toHaveLength(1);
    expect(clock.pending).toBe(0);
  });

  it('while it is unknown if the job was accepted does not let the job be forgotten', async () => {
    const { clock, client } = setStage('rendobar', inTurn({ fault: 'reset' }, created));
    const error = await clock.run(rejection(client.submit(COMMAND, { idempotencyKey: 'mine', onQueued: fail })));
    expect(error.record).toMatchObject({ code: 'SUBMIT_OUTCOME_UNKNOWN', remedy: expect.stringContaining('"mine"') });
    expect(error.cause).toMatchObject({ message: 'a defect of the caller' });
  });

  it.each([
    ['onChange', fail],
    ['onChange, later', failLater],
  ])('as %s ends its own wait alone, and reaches the caller as it is', async (_name, onChange) => {
    const { clock, client } = setStage('rendobar', inTurn(running, running, rendered));
    const bystander = client.wait('job_1');
    expect(await clock.run(refused(client.wait('job_1', { onChange })))).toBeInstanceOf(OwnError);
    expect((await clock.run(bystander)).state).toBe('succeeded');
    expect(clock.pending).toBe(0);
  });

  it('as onTrouble ends its own wait alone', async () => {
    const trouble = errorAnswer(500, 'INTERNAL_ERROR');
    const { clock, client } = setStage('rendobar', inTurn(trouble, trouble, rendered));
    const bystander = client.wait('job_1');
    expect(await clock.run(refused(client.wait('job_1', { onTrouble: fail })))).toBeInstanceOf(OwnError);
    expect((await clock.run(bystander)).state).toBe('succeeded');
  });

  it('reaches the caller of the Rendobar surface in the same way', async () => {
    const { clock, client, wire } = setRendobarStage(inTurn(running, rendered));
    const request = { type: 'ffmpeg', params: { command: 'a b' } } as const;
    expect(
      await clock.run(refused(client.jobs.create(request, { onSend: fail, checkAgainst: 'none' }))),
    ).toBeInstanceOf(OwnError);
    expect(wire.requests).toHaveLength(0);
    expect(await clock.run(refused(client.jobs.wait('job_1', { onChange: fail })))).toBeInstanceOf(OwnError);
  });
});

describe('functions of the caller', () => {
  it('are told nothing more once one of them has thrown, and the task hears an abort', async () => {
    const told: string[] = [];
    const given = {
      signal: new AbortController().signal,
      onChange: (state: string) => {
        told.push(state);
        fail();
      },
    };
    const outcome = await refused(
      withCallerFunctions(given, { notices: ['onChange'] }, async ({ onChange, signal }) => {
        onChange('first');
        onChange('second');
        signal.throwIfAborted();
      }),
    );
    expect(outcome).toBeInstanceOf(OwnError);
    expect(told).toEqual(['first']);
  });

  it('that throw do not take away a result that is there all the same', async () => {
    const given: SubmitOptions = { onSend: fail };
    const result = withCallerFunctions(given, { gates: ['onSend'] }, async ({ onSend }) => {
      await Promise.resolve()
        .then(onSend)
        .catch(() => undefined);
      return 'job_1';
    });
    expect(await result).toBe('job_1');
  });

  it('still hear the signal of the caller', async () => {
    const caller = new AbortController();
    const task = withCallerFunctions(
      { signal: caller.signal, onChange: () => undefined },
      { notices: ['onChange'] },
      ({ signal }) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    );
    caller.abort(new OwnError('gone'));
    expect(await refused(task)).toBe(caller.signal.reason);
  });
});
