import { writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import {
  type CommandTask,
  type MovieTask,
  type RenderContext,
  type Renderer,
  RenderFault,
  type RenderResult,
} from '../../engine/renderer.ts';

export interface FinishOptions {
  readonly durationSeconds?: number;
  readonly names?: readonly string[];
  readonly warnings?: readonly string[];
}

/** A render that waits for the test to end it. */
export interface PendingRender {
  readonly task: CommandTask | MovieTask;
  readonly context: RenderContext;
  finish(options?: FinishOptions): Promise<void>;
  fail(error: Error): void;
}

export interface FakeRenderer extends Renderer {
  /**
   * Renders under way, in the order in which their work folders were ready: of several jobs that were started together
   * any may be the first. Whoever means one of them asks for it by `renderOf`.
   */
  readonly pending: readonly PendingRender[];
  /** The render of a job that is under way. Throws when there is none. */
  renderOf(jobId: string): PendingRender;
  /** Resolves when at least `count` renders are under way. */
  started(count: number): Promise<void>;
}

/** Keeps the contract of the engine without any media: commands are split at spaces, outputs are short texts. */
export function createFakeRenderer(): FakeRenderer {
  const pending: PendingRender[] = [];
  const watchers = new Set<() => void>();

  function render(
    task: CommandTask | MovieTask,
    names: readonly string[],
    context: RenderContext,
  ): Promise<RenderResult> {
    return new Promise((resolve, reject) => {
      const leave = () => {
        const index = pending.indexOf(entry);
        if (index >= 0) pending.splice(index, 1);
      };
      const entry: PendingRender = {
        task,
        context,
        async finish({ durationSeconds = 2, names: written = names, warnings = [] } = {}) {
          leave();
          const files = await Promise.all(
            written.map(async (name) => {
              const path = join(context.workDir, name.replaceAll('/', '_'));
              await writeFile(path, `rendered ${name}`);
              const type = name.endsWith('.m3u8') ? ('playlist' as const) : ('video' as const);
              return { path, name, type, sizeBytes: 9 + name.length, width: 320, height: 180, durationSeconds };
            }),
          );
          resolve({ files, warnings });
        },
        fail(error) {
          leave();
          reject(error);
        },
      };
      context.signal.addEventListener('abort', () => entry.fail(new RenderFault('cancelled', 'cancelled')), {
        once: true,
      });
      pending.push(entry);
      for (const watcher of watchers) watcher();
    });
  }

  const check = ({ command }: CommandTask) => {
    const args = command.split(' ').filter((word) => word !== '' && word !== 'ffmpeg');
    const output = args.at(-1);
    if (output === undefined || args.includes('-nonsense')) {
      throw new RenderFault('invalid-command', 'Unknown flag: -nonsense');
    }
    return { args, outputNames: [output] };
  };

  return {
    engine: { kind: 'wasm', version: '0.0-fake', reason: 'A test asked for it.' },
    pending,
    renderOf(jobId) {
      const found = pending.find(({ context }) => basename(context.workDir) === jobId);
      if (found === undefined) throw new Error(`No render of ${jobId} is under way.`);
      return found;
    },
    started: (count) =>
      new Promise((resolve) => {
        const look = () => {
          if (pending.length < count) return;
          watchers.delete(look);
          resolve();
        };
        watchers.add(look);
        look();
      }),
    checkCommand: check,
    renderCommand: (task, context) => render(task, check(task).outputNames, context),
    renderMovie: (movie, context) => render(movie, ['movie.mp4'], context),
    close: async () => undefined,
  };
}
