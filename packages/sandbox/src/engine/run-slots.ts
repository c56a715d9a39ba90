/** A counted permit: at most `size` holders at a time, first come first served. */
export interface RunSlots {
  /** Waits for a permit; rejects with the signal's reason when it is aborted before that. Returns the release. */
  acquire(signal: AbortSignal): Promise<() => void>;
}

/** More renders than cores only make each other slower, and each WebAssembly render holds hundreds of megabytes. */
export function createRunSlots(size: number): RunSlots {
  let free = size;
  const waiting: (() => void)[] = [];
  const grant = () => {
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      const next = waiting.shift();
      if (next === undefined) free += 1;
      else next();
    };
  };
  return {
    acquire(signal) {
      if (signal.aborted) return Promise.reject(signal.reason);
      if (free > 0) {
        free -= 1;
        return Promise.resolve(grant());
      }
      return new Promise((resolve, reject) => {
        const start = () => {
          signal.removeEventListener('abort', leave);
          resolve(grant());
        };
        const leave = () => {
          waiting.splice(waiting.indexOf(start), 1);
          reject(signal.reason);
        };
        waiting.push(start);
        signal.addEventListener('abort', leave, { once: true });
      });
    },
  };
}
