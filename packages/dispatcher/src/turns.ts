/** Long enough for some writes to a disk, too short for anybody to notice. */
const SLICE_MS = 20;

/**
 * Lets callers through one after another, and the event loop in between whenever they have blocked it for a while: a thousand
 * at once, each of which waits for the disk, would block it for seconds.
 */
export function createTurns(): () => Promise<void> {
  let last = Promise.resolve();
  let begunAt = 0;

  async function pause(): Promise<void> {
    if (performance.now() - begunAt < SLICE_MS) return;
    await new Promise<void>((go) => void setImmediate(go));
    begunAt = performance.now();
  }

  return () => {
    last = last.then(pause);
    return last;
  };
}
