import { expect, it } from 'vitest';
import { createRunSlots } from './run-slots.ts';

const never = new AbortController().signal;
/** Lets every promise that is ready run. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

it('lets so many in and hands each slot to the longest waiter', async () => {
  const slots = createRunSlots(2);
  const order: string[] = [];
  const note = async (name: string) => {
    const release = await slots.acquire(never);
    order.push(name);
    return release;
  };
  const [first, second] = [await slots.acquire(never), await slots.acquire(never)];
  const third = note('third');
  const fourth = note('fourth');
  await settle();
  expect(order).toEqual([]);
  first();
  first(); // A second release of the same slot must not let two in.
  await settle();
  expect(order).toEqual(['third']);
  second();
  await Promise.all([third, fourth]);
  expect(order).toEqual(['third', 'fourth']);
});

it('lets an aborted waiter go and does not lose its slot', async () => {
  const slots = createRunSlots(1);
  const release = await slots.acquire(never);
  const caller = new AbortController();
  const waiting = slots.acquire(caller.signal);
  caller.abort(new Error('gone'));
  await expect(waiting).rejects.toThrow('gone');
  release();
  await expect(slots.acquire(never)).resolves.toBeTypeOf('function');
  await expect(slots.acquire(AbortSignal.abort(new Error('early')))).rejects.toThrow('early');
});
