/** Time as the simulator needs it: virtual, faked or real. */
export interface Timeline {
  /** Unix time in milliseconds. */
  now(): number;
  /** Runs a task after `ms` milliseconds. @returns takes the task back. */
  after(ms: number, task: () => void): () => void;
}

/** The timers of this process, looked up at every use, so that faked ones are followed too. */
export const processTimeline: Timeline = Object.freeze({
  now: () => Date.now(),
  after(ms: number, task: () => void) {
    const timer = setTimeout(task, ms);
    return () => clearTimeout(timer);
  },
});

/** Resolves after `ms` milliseconds; rejects with the signal's reason when it aborts first. */
export function pause(timeline: Timeline, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const takeBack = timeline.after(Math.max(0, ms), () => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    });
    const onAbort = () => {
      takeBack();
      reject(signal?.reason);
    };
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}
