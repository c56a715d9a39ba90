import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSharedHome, type Process, type SharedHome } from './__fixtures__/shared-home.ts';
import { settle } from './__fixtures__/virtual-clock.ts';
import { fingerprintOf } from './fingerprint.ts';

const which = fc.nat({ max: 1 });
const step = fc.oneof(
  fc.record({ do: fc.constant('submit' as const), which }),
  fc.record({ do: fc.constant('fate' as const), fate: fc.constantFrom('answered', 'held', 'lost', 'unanswered') }),
  fc.record({ do: fc.constant('kill' as const), which }),
  fc.record({ do: fc.constant('close' as const), which }),
  fc.record({ do: fc.constant('finish' as const), nth: fc.nat({ max: 9 }) }),
  fc.record({ do: fc.constant('pass' as const), ms: fc.constantFrom(200, 1000, 6000) }),
);

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

interface Play {
  readonly home: SharedHome;
  readonly processes: [Process, Process];
  readonly accepted: Set<string>;
}

async function play({ home, processes, accepted }: Play, one: Step): Promise<void> {
  if (one.do === 'submit') accepted.add((await processes[one.which === 0 ? 0 : 1].submit()).id);
  if (one.do === 'fate') home.fate = one.fate as SharedHome['fate'];
  if (one.do === 'pass') await home.pass(one.ms);
  if (one.do === 'finish') {
    const remote = home.rendered[one.nth];
    if (remote) home.finish(remote.remoteId);
  }
  if (one.do === 'kill' || one.do === 'close') {
    const at = one.which === 0 ? 0 : 1;
    if (one.do === 'kill') processes[at].kill();
    else {
      const closed = processes[at].dispatcher.close();
      await home.pass(2000);
      await closed;
    }
    processes[at] = home.start();
    await processes[at].dispatcher.list({ limit: 1 });
  }
  await settle();
}

/** From here on everything goes well, and what the provider has ends well. */
async function endWell({ home, processes }: Play): Promise<void> {
  home.fate = 'answered';
  // What hangs on a wire that will never answer hangs for ever in this play: such a process is killed.
  for (const at of [0, 1] as const) {
    processes[at].kill();
    processes[at] = home.start();
    await processes[at].dispatcher.list({ limit: 1 });
  }
  for (let round = 0; round < 6; round += 1) {
    await home.pass(2000);
    for (const { remoteId } of home.rendered) home.finish(remoteId);
  }
}

describe.each([
  ['with idempotency keys', true],
  ['without idempotency keys', false],
] as const)('whatever crashes when, at a provider %s', (_name, keyed) => {
  it('every accepted job is rendered once and has its own result', { timeout: 300_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        const home = createSharedHome(keyed);
        try {
          const stage: Play = { home, processes: [home.start(), home.start()], accepted: new Set() };
          for (const one of steps) await play(stage, one);
          await endWell(stage);
          const [reader] = stage.processes;
          const jobs = await Promise.all([...stage.accepted].map((id) => reader.dispatcher.get(id)));
          expect(jobs.map(({ state }) => state)).toEqual(jobs.map(() => 'succeeded'));
          expect(home.rendered).toHaveLength(stage.accepted.size);
          expect(new Set(jobs.map(({ providerJobId }) => providerJobId)).size).toBe(stage.accepted.size);
          for (const { id, providerJobId } of jobs) {
            const render = home.rendered.find(({ remoteId }) => remoteId === providerJobId);
            expect(reader.store.get(id)?.fingerprint).toBe(fingerprintOf('fake', render?.request));
          }
        } finally {
          home.close();
        }
      }),
      { numRuns: Number(process.env.CRASH_RUNS ?? 40) },
    );
  });
});
