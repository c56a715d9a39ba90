import { defineConfig } from 'vitest/config';

const root = new URL('..', import.meta.url).pathname;

/** `unit` answers in seconds and needs no build; `journeys` drives built doors and real renders. */
export default defineConfig({
  root,
  ssr: { resolve: { conditions: ['source', 'module', 'node', 'import', 'default'] } },
  test: {
    // The condition `source` also names TypeScript inside eventsource, which Node does not strip in node_modules.
    server: { deps: { inline: [/@modelcontextprotocol\/client/, /\/eventsource(-parser)?\//] } },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: [
            'packages/*/src/**/*.test.ts',
            'mcp-server/src/**/*.test.ts',
            'test/{architecture,docs}/**/*.test.ts',
          ],
          exclude: ['**/*.render.test.ts', '**/node_modules/**'],
        },
      },
      {
        extends: true,
        test: {
          name: 'journeys',
          include: ['packages/*/src/**/*.render.test.ts', 'test/journeys/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
