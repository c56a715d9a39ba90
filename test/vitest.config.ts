import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

const root = new URL('..', import.meta.url).pathname;
/** The ES modules of n8n-workflow are written for bundlers; n8n itself loads the CommonJS ones. */
const n8nWorkflow = createRequire(`${root}nodes/package.json`).resolve('n8n-workflow');

/** Sources, not builds: an answer in seconds. Journeys take the built doors, as a stranger's program does. */
const fast = {
  extends: true as const,
  ssr: { resolve: { conditions: ['@renderq/source', 'module', 'node', 'import', 'default'] } },
};

/** `unit` and `nodes` answer in seconds and need no build; `journeys` drives built doors and real renders. */
export default defineConfig({
  root,
  test: {
    // Journeys wait more than they work, so that two side by side suit two cores as well.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: [
      {
        ...fast,
        test: {
          name: 'unit',
          // Nothing here keeps state in modules that another file could trip over, and loading them once takes a third of the time.
          isolate: false,
          include: [
            'packages/*/src/**/*.test.ts',
            'mcp-server/src/**/*.test.ts',
            'test/{architecture,docs,simulator}/**/*.test.ts',
          ],
          exclude: ['**/*.render.test.ts', '**/node_modules/**'],
        },
      },
      {
        ...fast,
        resolve: { alias: { 'n8n-workflow': n8nWorkflow } },
        // Apart from the others, because n8n-workflow teaches every BigInt of its process to be JSON.
        test: { name: 'nodes', isolate: false, include: ['nodes/src/**/*.test.ts'] },
      },
      {
        extends: true,
        test: {
          name: 'journeys',
          include: [
            'packages/*/src/**/*.render.test.ts',
            'test/{browser,chaos,clients,conformance,contract,journeys,packaging,scheduling,torture}/**/*.test.ts',
            // The journeys through a real n8n are a command of their own.
            'test/n8n/{,harness/}*.test.ts',
          ],
          // The tortures wait far more than they work.
          maxConcurrency: 12,
          testTimeout: 120_000,
          // A page hears of a change within a second, and this machine may have other things to do.
          expect: { poll: { timeout: 15_000 } },
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
