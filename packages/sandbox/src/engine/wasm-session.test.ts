import { expect, it } from 'vitest';
import type { ExecResult } from './engine.ts';
import type { WasmInstance } from './wasm-instance.ts';
import { createWasmSession } from './wasm-session.ts';

const CLEAN: ExecResult = { exitCode: 0, log: '' };
const DESCRIPTION: ExecResult = { exitCode: 1, log: 'Input #0\nAt least one output file must be specified\n' };
const FAILURE: ExecResult = { exitCode: 1, log: 'Conversion failed!\n' };

/** Notes when instances start and end, and how many runs each had. */
function createInstances(answer: (run: number) => ExecResult) {
  const runsOf: number[] = [];
  let alive = 0;
  let mostAlive = 0;
  let run = 0;
  const start = async (): Promise<WasmInstance> => {
    const index = runsOf.push(0) - 1;
    alive += 1;
    mostAlive = Math.max(mostAlive, alive);
    return {
      exec: async () => {
        runsOf[index] = (runsOf[index] ?? 0) + 1;
        run += 1;
        return answer(run);
      },
      end: async () => {
        await new Promise((resolve) => setImmediate(resolve));
        alive -= 1;
      },
    };
  };
  return { start, runsOf, mostAlive: () => mostAlive, alive: () => alive };
}

async function runOften(start: () => Promise<WasmInstance>, times: number): Promise<void> {
  const session = await createWasmSession(start);
  for (let run = 0; run < times; run += 1) await session.exec([]);
  await session.close();
}

it('gives no instance more runs than its stack bears, and frees each before the next', async () => {
  const instances = createInstances((run) => (run % 2 === 0 ? CLEAN : DESCRIPTION));
  await runOften(instances.start, 300);
  expect(Math.max(...instances.runsOf)).toBeLessThanOrEqual(32);
  expect(instances.runsOf.reduce((sum, runs) => sum + runs)).toBe(300);
  expect([instances.mostAlive(), instances.alive()]).toEqual([1, 0]);
});

it('replaces an instance in which a run was given up midway, and keeps one that only described its input', async () => {
  const failing = createInstances((run) => (run === 2 ? FAILURE : CLEAN));
  await runOften(failing.start, 5);
  expect(failing.runsOf).toEqual([2, 3]);
  const describing = createInstances(() => DESCRIPTION);
  await runOften(describing.start, 5);
  expect(describing.runsOf).toEqual([5]);
});

it('starts no instance that nobody will use', async () => {
  const instances = createInstances(() => FAILURE);
  await runOften(instances.start, 1);
  expect(instances.runsOf).toEqual([1]);
});
