import type { MediaProber } from '@renderq/sandbox/probe';

/** A prober that is loaded when it is first wanted. */
export interface LazyProber {
  get(): Promise<MediaProber>;
  close(): Promise<void>;
}

/** Makes a prober that reads public URLs, local files, and what the sandboxes of these origins serve as media. */
export function createLazyProber(sandboxOrigins: () => readonly string[]): LazyProber {
  let loading: Promise<MediaProber> | undefined;
  return {
    get() {
      loading ??= import('@renderq/sandbox/probe').then(({ createMediaProber }) =>
        createMediaProber({ sandboxOrigins }),
      );
      return loading;
    },
    async close() {
      await (await loading)?.close();
    },
  };
}
