import { setTimeout as pause } from 'node:timers/promises';
import type { Answer, Json, ToolCaller } from './caller.ts';

/** A host that starts its server again whenever it has died, and repeats what stayed without an answer. */
export interface Host {
  call(tool: string, args: Json): Promise<Answer>;
  /** Kills the server as a power cut would, and starts a new one. */
  kill(): Promise<void>;
  readonly kills: number;
  close(): Promise<void>;
}

export async function startHost(open: () => Promise<ToolCaller>): Promise<Host> {
  let current = Promise.resolve(await open());
  let kills = 0;

  return {
    async call(tool, args) {
      for (;;) {
        const server = current;
        const caller = await server;
        try {
          return await caller.call(tool, args);
        } catch (fault) {
          // The process may be dead a moment before the host has noted that it killed it.
          await pause(50);
          if (server === current) throw fault;
        }
      }
    },
    async kill() {
      const { serverPid, close } = await current;
      if (serverPid === undefined) throw new Error('This client has started no server.');
      kills += 1;
      process.kill(serverPid, 'SIGKILL');
      current = open();
      await close().catch(() => {});
      await current;
    },
    get kills() {
      return kills;
    },
    close: async () => (await current).close(),
  };
}
