import FakeTimers from '@sinonjs/fake-timers';
import { randomStream } from '../../simulator/random.ts';
import { START_MS } from '../../simulator/virtual-clock.ts';

const DAY_MS = 86_400_000;
/** Turns of the event loop in which nothing may happen before time moves: streams of an answer take some. */
const QUIET_TURNS = 3;

/**
 * Runs a task whose libraries keep time by the global timers, in virtual time: a timer fires only when everything that
 * needs no time has happened. No real timer or socket may be waited for inside. Math.random follows the seed.
 * @throws {Error} when no timer is left that could settle the task, or when it takes more than 30 virtual days.
 */
export async function runOnFakeTime<T>(seed: number, task: () => Promise<T>): Promise<T> {
  const { random } = Math;
  Math.random = randomStream(seed, 'jitter').next;
  const turn = setImmediate;
  const clock = FakeTimers.install({
    now: START_MS,
    toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date', 'performance'],
  });
  try {
    let isDone = false;
    const done = () => {
      isDone = true;
    };
    const running = task();
    running.then(done, done);
    for (;;) {
      for (let quiet = 0; quiet < QUIET_TURNS; quiet += 1) await new Promise((resolve) => turn(resolve));
      if (isDone) return await running;
      if (clock.countTimers() === 0) throw new Error('Stuck: no timer is left that could settle this.');
      if (clock.next() > START_MS + 30 * DAY_MS) throw new Error('Not settled after 30 virtual days.');
    }
  } finally {
    clock.uninstall();
    Math.random = random;
  }
}
