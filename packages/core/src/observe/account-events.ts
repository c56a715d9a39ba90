import type { AccountEvent, AccountListener } from '../contract/account-event.ts';
import type { Clock } from '../ports/clock.ts';

type WithoutTime<Event> = Event extends AccountEvent ? Omit<Event, 'at'> : never;

export interface AccountEvents {
  emit(event: WithoutTime<AccountEvent>): void;
  /** Gives the function that ends the subscription. */
  subscribe(listener: AccountListener): () => void;
}

/** Hands every event to every listener. One that throws is the listener's own trouble: scheduling goes on. */
export function createAccountEvents(clock: Clock): AccountEvents {
  const listeners = new Set<AccountListener>();
  return {
    emit(event) {
      if (listeners.size === 0) return;
      const timed = Object.freeze({ at: clock.now(), ...event }) as AccountEvent;
      for (const listener of [...listeners]) {
        try {
          listener(timed);
        } catch {
          // An observer must not be able to lose a job.
        }
      }
    },
    subscribe(listener) {
      // The same function may be given twice, and each subscription ended alone.
      const own: AccountListener = (event) => listener(event);
      listeners.add(own);
      return () => {
        listeners.delete(own);
      };
    },
  };
}
