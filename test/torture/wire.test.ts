import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { core } from './built-core.ts';
import { LOST, UNREACHED } from './outcomes.ts';
import { faultsOf, freshKey, measure, onAnAwakeMachine, playScenario } from './play-scenario.ts';
import { BODY_SCENARIOS } from './scenarios/bodies.ts';
import { FRAMING_SCENARIOS } from './scenarios/framing.ts';
import { LIMIT_SCENARIOS } from './scenarios/limits.ts';
import { startTortureServer, type TortureServer } from './server.ts';
import { OPERATIONS, PROVIDERS } from './vendor.ts';

let elsewhere: TortureServer;

beforeAll(async () => {
  // Thousands of errors are made at once here, and half of the work would be their stacks.
  Error.stackTraceLimit = 2;
  // Fixed and small jitter: the number of looks in a given time is then the same in every run.
  vi.spyOn(Math, 'random').mockReturnValue(0.2);
  core.nodePorts();
  elsewhere = await startTortureServer();
});

afterAll(async () => {
  vi.restoreAllMocks();
  await elsewhere.close();
});

describe.concurrent.each([
  { part: 'bodies', scenarios: BODY_SCENARIOS },
  { part: 'limits', scenarios: LIMIT_SCENARIOS },
  { part: 'framing', scenarios: FRAMING_SCENARIOS },
])('every call ends typed, in time, and with its secrets kept: $part', ({ scenarios }) => {
  it.each(scenarios)('$name', async (scenario) => {
    expect(await playScenario(scenario, elsewhere.origin)).toEqual([]);
  });
});

describe('what never reaches a request', () => {
  const targets = PROVIDERS.flatMap((provider) => OPERATIONS.map((operation) => ({ provider, operation })));

  it.each(['reset', 'end'] as const)('a connection answered by %s is a lost answer', async (onConnect) => {
    // A submit in doubt would look for its job for a minute (see lost-answers.test.ts).
    const settled = targets.filter(({ provider, operation }) => provider === 'rendobar' || operation !== 'submit');
    const faults = await Promise.all(
      settled.map((target) =>
        onAnAwakeMachine(async () => {
          const { provider, operation } = target;
          const deaf = await startTortureServer({ onConnect });
          const played = await measure({ ...target, apiKey: freshKey() }, { baseUrl: deaf.origin, requests: [] });
          const requests = deaf.connections();
          await deaf.close();
          return faultsOf({ ...played, requests }, LOST(provider, operation));
        }),
      ),
    );
    expect(faults.flat()).toEqual([]);
  });

  it('a closed port is proof that nothing was sent, so even a submit without a key is tried again', async () => {
    const gone = await startTortureServer();
    await gone.close();
    const faults = await Promise.all(
      targets.map(async (target) => {
        const played = await measure({ ...target, apiKey: freshKey() }, { baseUrl: gone.origin, requests: [] });
        return faultsOf(played, UNREACHED(target.provider, target.operation));
      }),
    );
    expect(faults.flat()).toEqual([]);
  });

  it('no other origin ever saw a connection', () => {
    expect(elsewhere.connections()).toBe(0);
  });
});
