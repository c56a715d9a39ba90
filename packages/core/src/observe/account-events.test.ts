import { describe, expect, it } from 'vitest';
import type { AccountEvent } from '../contract/account-event.ts';
import { createVirtualClock } from '../testing/virtual-clock.ts';
import { createAccountEvents } from './account-events.ts';

const look = { type: 'look', by: 'list', jobs: 3, ended: 1 } as const;

function setEvents() {
  const clock = createVirtualClock();
  return { clock, events: createAccountEvents(clock) };
}

describe("an account's events", () => {
  it('reach every listener with the time at which they happened, and cannot be changed by one', async () => {
    const { clock, events } = setEvents();
    const [first, second]: AccountEvent[][] = [[], []];
    events.subscribe((event) => {
      first?.push(event);
      expect(() => Object.assign(event, { jobs: 9 })).toThrow(TypeError);
    });
    events.subscribe((event) => second?.push(event));
    await clock.advance(1_234);
    events.emit(look);
    expect(first).toEqual([{ ...look, at: clock.now() }]);
    expect(second).toEqual(first);
  });

  it('go on although a listener throws', () => {
    const { events } = setEvents();
    const heard: string[] = [];
    events.subscribe(() => {
      throw new Error('a metrics exporter is broken');
    });
    events.subscribe(({ type }) => heard.push(type));
    expect(() => events.emit(look)).not.toThrow();
    events.emit(look);
    expect(heard).toEqual(['look', 'look']);
  });

  it('end with the subscription, of which a function may hold several', () => {
    const { events } = setEvents();
    const heard: string[] = [];
    const listener = ({ type }: AccountEvent) => heard.push(type);
    const ends = [events.subscribe(listener), events.subscribe(listener)];
    events.emit(look);
    ends[0]?.();
    ends[0]?.();
    events.emit(look);
    ends[1]?.();
    events.emit(look);
    expect(heard).toHaveLength(3);
  });

  it('reach those that were there when they happened, although one leaves or joins meanwhile', () => {
    const { events } = setEvents();
    const heard: string[] = [];
    const stop = events.subscribe(() => {
      stop();
      events.subscribe(() => heard.push('late'));
    });
    events.subscribe(() => heard.push('second'));
    events.emit(look);
    expect(heard).toEqual(['second']);
    events.emit(look);
    expect(heard).toEqual(['second', 'second', 'late']);
  });
});
