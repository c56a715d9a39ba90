import { defineConfig } from 'vitest/config';

const root = new URL('..', import.meta.url).pathname;

/** `unit` answers in seconds and needs no build; `journeys` drives built doors and real renders. */
export default defineConfig({
  root,
  test: {
    projects: [
      {
        extends: true,
        // Sources, not builds: an answer in seconds. Journeys take the built doors, as a stranger's program does.
        ssr: { resolve: { conditions: ['@renderq/source', 'module', 'node', 'import', 'default'] } },
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
        extends: true,
        test: {
          name: 'journeys',
          include: [
            'packages/*/src/**/*.render.test.ts',
            'test/{browser,contract,journeys,scheduling,torture}/**/*.test.ts',
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
