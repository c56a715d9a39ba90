import type { Renderer } from '../engine/renderer.ts';
import type { EngineDoor } from './service.ts';

export interface OpenEngineDoor extends EngineDoor {
  close(): Promise<void>;
}

/** Begins to open the engine at once and lets nobody wait who does not need it. */
export function openEngine(open: () => Promise<Renderer>): OpenEngineDoor {
  let renderer: Renderer | undefined;
  const opening = open().then((ready) => {
    renderer = ready;
    return ready;
  });
  // Whoever asks hears of a failure; until then it is no unhandled rejection.
  opening.catch(() => undefined);
  return {
    ready: () => opening,
    info: () => renderer?.engine,
    async close() {
      const ready = await opening.catch(() => undefined);
      await ready?.close();
    },
  };
}
