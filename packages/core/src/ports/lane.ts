/** Orders and bounds concurrent work. Node's host answers it with p-queue. */
export interface Lane {
  /** Runs `task` when its turn comes; a higher priority goes first. Rejects when the signal aborts while it waits. */
  run<T>(task: () => Promise<T>, options?: { readonly priority?: number; readonly signal?: AbortSignal }): Promise<T>;
  /** Tasks that wait for their turn. */
  readonly waiting: number;
}

/** Makes a lane in which at most `concurrency` tasks run at a time. */
export type LaneFactory = (options: { readonly concurrency: number }) => Lane;
