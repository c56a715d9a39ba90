import { describe, expect, it } from 'vitest';
import { createPQueueLane } from '../../host/p-queue-lane.ts';
import { createAccountRegistry } from '../../queue/account-registry.ts';
import { inTurn, rendered } from '../../testing/answers.ts';
import { setRendobarStage } from '../../testing/rendobar-stage.ts';
import { rejection, TEST_KEY } from '../../testing/scripted-client.ts';
import { createScriptedTransport, errorAnswer } from '../../testing/scripted-transport.ts';
import { createVirtualClock } from '../../testing/virtual-clock.ts';
import { createRendobarClient } from './rendobar-client.ts';

describe('a Rendobar client of one organization', () => {
  it('names it in every call beside the key, and nothing is named without one', async () => {
    for (const orgId of ['org_1', undefined]) {
      const { clock, client, wire } = setRendobarStage(inTurn(rendered), { options: { orgId } });
      await clock.run(client.jobs.get('job_1'));
      await clock.run(client.account.organization());
      for (const { headers } of wire.requests) {
        expect(headers['x-org-id']).toBe(orgId);
        expect(headers.authorization).toBe(`Bearer ${TEST_KEY}`);
      }
    }
  });

  it('has limits of its own: a refusal of one organization holds up no other', async () => {
    const clock = createVirtualClock();
    const wire = createScriptedTransport(clock, ({ headers }) =>
      headers['x-org-id'] === 'org_1' ? errorAnswer(429, 'RATE_LIMITED', {}, { 'retry-after': '60' }) : rendered,
    );
    const ports = { transport: wire.transport, clock, random: () => 0.5, lanes: createPQueueLane };
    const accounts = createAccountRegistry();
    const clientOf = (orgId?: string) => createRendobarClient({ apiKey: TEST_KEY, orgId }, ports, accounts);
    const impatient = { maxQueueMs: 0 };
    await clock.run(rejection(clientOf('org_1').get('job_1', impatient)));
    expect((await clock.run(clientOf('org_2').get('job_1', impatient))).state).toBe('succeeded');
    expect((await clock.run(clientOf().get('job_1', impatient))).state).toBe('succeeded');
    // Another client of the first one knows of the refusal without asking.
    const sent = wire.requests.length;
    const told = await clock.run(rejection(clientOf('org_1').get('job_1', impatient)));
    expect(told.record).toMatchObject({ code: 'RATE_LIMITED' });
    expect(wire.requests).toHaveLength(sent);
  });

  it.each(['', 'org 1', 'org\n1', 'ö', 'x'.repeat(201)])('is refused the id %j, which no header carries', (orgId) => {
    expect(() => setRendobarStage(inTurn(rendered), { options: { orgId } })).toThrowError(
      expect.objectContaining({ record: expect.objectContaining({ code: 'INVALID_REQUEST', field: 'orgId' }) }),
    );
  });
});
