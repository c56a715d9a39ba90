import type { SimulatedJob } from './job-floor.ts';

/** What Rendobar makes of an idempotency key (its n8n node's notes): the payload is not compared, and a key never expires. */
export interface KeyBook {
  /** Undefined where the key is new. */
  lookUp(key: string | undefined): 'pending' | SimulatedJob | undefined;
  /** A submit with this key is being stored. */
  reserve(key: string | undefined): void;
  /** The submit was stored as this job; without one it came to nothing, and the key is new again. */
  bind(key: string | undefined, job: SimulatedJob | undefined): void;
}

export function createKeyBook(): KeyBook {
  const known = new Map<string, 'pending' | SimulatedJob>();
  return {
    lookUp: (key) => (key === undefined ? undefined : known.get(key)),
    reserve(key) {
      if (key !== undefined) known.set(key, 'pending');
    },
    bind(key, job) {
      if (key === undefined) return;
      if (job === undefined) known.delete(key);
      else known.set(key, job);
    },
  };
}

/** Whether a key is of no further use: its job ended with a code that the vendor itself calls retryable. */
export function isSpent({ state, fate }: SimulatedJob): boolean {
  return state === 'failed' && fate === 'never-ran';
}
