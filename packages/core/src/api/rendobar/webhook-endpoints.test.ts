import { describe, expect, it } from 'vitest';
import { inTurn } from '../../testing/answers.ts';
import { setRendobarStage } from '../../testing/rendobar-stage.ts';
import { rejection } from '../../testing/scripted-client.ts';

const NEW = { name: 'prod', url: 'https://example.com/h', subscribedEvents: ['job.completed'] } as const;
const CREATED = { id: 'whe_1', ...NEW, active: true };

describe('webhook endpoints', () => {
  it('are made with a secret that is told once', async () => {
    const answer = { status: 201, body: { data: { ...CREATED, signingSecret: 'whsec_0123456789' } } };
    const { clock, client, wire } = setRendobarStage(inTurn(answer));
    expect(await clock.run(client.webhooks.create(NEW))).toEqual({ ...CREATED, signingSecret: 'whsec_0123456789' });
    expect(JSON.parse(wire.requests[0]?.body ?? '')).toEqual(NEW);
  });

  it('are not made a second time when the answer was lost', async () => {
    const { clock, client, wire } = setRendobarStage(inTurn({ fault: 'reset' }));
    const error = await clock.run(rejection(client.webhooks.create(NEW)));
    expect(error.record).toMatchObject({ code: 'NETWORK', retryable: false });
    expect(error.record.remedy).toContain('current state');
    expect(wire.requests).toHaveLength(1);
  });

  it('are changed and deleted, as often as it takes', async () => {
    const { clock, client, wire } = setRendobarStage(
      inTurn({ fault: 'reset' }, { body: { data: { ...CREATED, active: false } } }, { status: 204 }),
    );
    expect(await clock.run(client.webhooks.update('whe_1', { active: false }))).toMatchObject({ active: false });
    await clock.run(client.webhooks.delete('whe_1'));
    expect(wire.log()).toEqual([
      'PATCH /webhooks/endpoints/whe_1',
      'PATCH /webhooks/endpoints/whe_1',
      'DELETE /webhooks/endpoints/whe_1',
    ]);
    expect(JSON.parse(wire.requests[0]?.body ?? '')).toEqual({ active: false });
  });

  it('have a secret for callbacks, which is rotated at most once per call', async () => {
    const { clock, client, wire } = setRendobarStage(
      inTurn({ body: { data: { secret: 'cbsec_1' } } }, { fault: 'reset' }),
    );
    expect(await clock.run(client.webhooks.callbackSecret())).toBe('cbsec_1');
    await clock.run(rejection(client.webhooks.rotateCallbackSecret()));
    expect(wire.requests).toHaveLength(2);
  });
});
