import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createFairQueue, type Queueable } from './fair-queue.ts';

interface Item extends Queueable {
  readonly name: string;
}

const item = (owner: string, priority = 0, name = owner): Item => ({ owner, priority, name });

function drain<T extends Queueable>(queue: ReturnType<typeof createFairQueue<T>>): T[] {
  const served: T[] = [];
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) served.push(next);
  return served;
}

/** What the queue stands for, as slow and plain as can be: of the owners in line, the one served longest ago. */
function createNaiveQueue() {
  let items: Item[] = [];
  const turns = new Map<string, number>();
  let turn = 0;
  const lineOf = ({ owner, priority }: Item) => `${priority} ${owner}`;
  const takeTurn = (one: Item) => {
    turn += 1;
    turns.set(lineOf(one), turn);
  };
  return {
    push(one: Item) {
      if (!items.some((other) => lineOf(other) === lineOf(one))) takeTurn(one);
      items.push(one);
    },
    shift(): Item | undefined {
      const highest = Math.max(...items.map(({ priority }) => priority));
      const urgent = items.filter(({ priority }) => priority === highest);
      const soonest = Math.min(...urgent.map((one) => turns.get(lineOf(one)) ?? 0));
      const next = urgent.find((one) => turns.get(lineOf(one)) === soonest);
      if (next === undefined) return undefined;
      items = items.filter((one) => one !== next);
      takeTurn(next);
      return next;
    },
    remove(one: Item): boolean {
      const had = items.includes(one);
      items = items.filter((other) => other !== one);
      return had;
    },
    all: (): readonly Item[] => items,
  };
}

describe('a fair queue', () => {
  it('serves the items of one owner in the order in which they came', () => {
    const queue = createFairQueue<Item>();
    for (const name of ['a', 'b', 'c']) queue.push(item('me', 0, name));
    expect(drain(queue).map(({ name }) => name)).toEqual(['a', 'b', 'c']);
  });

  it('lets owners take turns, however many items one of them has', () => {
    const queue = createFairQueue<Item>();
    for (let n = 0; n < 4; n += 1) queue.push(item('many', 0, `m${n}`));
    queue.push(item('two', 0, 't0'));
    queue.push(item('two', 0, 't1'));
    queue.push(item('one', 0, 'o0'));
    expect(drain(queue).map(({ name }) => name)).toEqual(['m0', 't0', 'o0', 'm1', 't1', 'm2', 'm3']);
  });

  it('puts an owner that comes back behind those that wait', () => {
    const queue = createFairQueue<Item>();
    for (const owner of ['a', 'b', 'c']) queue.push(item(owner));
    expect(queue.shift()?.owner).toBe('a');
    queue.push(item('a'));
    expect(drain(queue).map(({ owner }) => owner)).toEqual(['b', 'c', 'a']);
  });

  it('serves a higher priority first, whoever waits and for how long', () => {
    const queue = createFairQueue<Item>();
    for (const priority of [0, 5, -1, 5, 0]) queue.push(item('me', priority, String(priority)));
    expect(queue.shift()?.priority).toBe(5);
    queue.push(item('late', 9, '9'));
    expect(drain(queue).map(({ priority }) => priority)).toEqual([9, 5, 0, 0, -1]);
  });

  it('counts an owner once, whatever its priorities, and only while something of it waits', () => {
    const queue = createFairQueue<Item>();
    const last = item('a', 1);
    for (const one of [item('a'), last, item('b')]) queue.push(one);
    expect(queue.owners()).toBe(2);
    queue.remove(last);
    expect(queue.owners()).toBe(2);
    drain(queue);
    expect([queue.owners(), queue.size, [...queue.items()]]).toEqual([0, 0, []]);
  });

  it('removes what waits once, and nothing that never waited', () => {
    const queue = createFairQueue<Item>();
    const [first, second] = [item('a', 0, 'first'), item('a', 0, 'second')];
    queue.push(first);
    queue.push(second);
    expect(queue.remove(item('a'))).toBe(false);
    expect(queue.remove(item('nobody', 3))).toBe(false);
    expect(queue.remove(first)).toBe(true);
    expect(queue.remove(first)).toBe(false);
    expect([queue.size, queue.shift()?.name, queue.shift()]).toEqual([1, 'second', undefined]);
  });

  it('does what the plainest model does, in any order of calls', () => {
    const action = fc.oneof(
      {
        weight: 4,
        arbitrary: fc.record({ owner: fc.constantFrom('a', 'b', 'c'), priority: fc.integer({ min: 0, max: 2 }) }),
      },
      { weight: 3, arbitrary: fc.constant('shift' as const) },
      { weight: 1, arbitrary: fc.nat(20) },
    );
    fc.assert(
      fc.property(fc.array(action, { maxLength: 80 }), (actions) => {
        const [queue, model] = [createFairQueue<Item>(), createNaiveQueue()];
        for (const [index, act] of actions.entries()) {
          if (act === 'shift') expect(queue.shift()).toBe(model.shift());
          else if (typeof act === 'number') {
            const one = model.all()[act] ?? item('stranger');
            expect(queue.remove(one)).toBe(model.remove(one));
          } else {
            const one = item(act.owner, act.priority, String(index));
            queue.push(one);
            model.push(one);
          }
          expect(queue.size).toBe(model.all().length);
          expect(new Set(queue.items())).toEqual(new Set(model.all()));
          expect(queue.owners()).toBe(new Set(model.all().map(({ owner }) => owner)).size);
        }
        while (queue.size > 0) expect(queue.shift()).toBe(model.shift());
        expect(model.all()).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });
});

describe('a hundred thousand items', () => {
  const MANY = 100_000;

  afterEach(() => vi.restoreAllMocks());

  it.each([1, MANY])('are looked at a constant number of times each, with %i owners', (owners) => {
    let looks = 0;
    const queue = createFairQueue<Queueable>();
    const waiting = Array.from({ length: MANY }, (_, index) => ({
      get priority() {
        looks += 1;
        return index % 3;
      },
      get owner() {
        looks += 1;
        return String(index % owners);
      },
    }));
    for (const one of waiting) queue.push(one);
    for (const one of waiting.slice(0, MANY / 2)) queue.remove(one);
    expect(drain(queue)).toHaveLength(MANY / 2);
    expect(looks).toBeLessThanOrEqual(8 * MANY);
  });

  it.each([1, MANY])('are served without opening a line again for each, with %i owners', (owners) => {
    const queue = createFairQueue<Item>();
    for (let n = 0; n < MANY; n += 1) queue.push(item(String(n % owners)));
    let opened = 0;
    // A fresh iterator first steps over the gaps of all that have left a set: once for each item is quadratic.
    for (const [kind, method] of [
      [Set, Symbol.iterator],
      [Set, 'values'],
      [Map, Symbol.iterator],
      [Map, 'entries'],
      [Map, 'keys'],
      [Map, 'values'],
    ] as const) {
      const prototype = kind.prototype as unknown as Record<PropertyKey, () => unknown>;
      const open = prototype[method];
      vi.spyOn(prototype, method as never).mockImplementation(function opening(this: unknown) {
        opened += 1;
        return open?.call(this);
      } as never);
    }
    const served = Array.from({ length: MANY }, () => queue.shift());
    const openings = opened;
    vi.restoreAllMocks();
    expect(served).not.toContain(undefined);
    expect(openings).toBeLessThan(10);
  });
});
