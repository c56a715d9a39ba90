import { defineConfig } from 'vitest/config';
import { findPrograms, missingPackages } from './harness/prerequisites.ts';

const programs = findPrograms();
const missing = missingPackages(programs);
if (missing.length > 0) {
  const words = `The journeys through a real n8n need what this machine has not: apt-get install ${missing.join(' ')}`;
  if (process.env.CI) throw new Error(words);
  process.stderr.write(`${words}\nWhat needs it is skipped.\n`);
}

/** The real n8n: one for all files, which therefore take their turns. Its own command, for it takes minutes: npm run test:n8n. */
export default defineConfig({
  root: new URL('../..', import.meta.url).pathname,
  test: {
    name: 'n8n',
    include: programs.postgresBin === undefined ? [] : ['test/n8n/journeys/**/*.test.ts'],
    exclude: [
      ...(programs.redisServer === undefined ? ['**/queue-mode.test.ts'] : []),
      ...(programs.chromium === undefined ? ['**/editor.test.ts'] : []),
    ],
    passWithNoTests: true,
    globalSetup: programs.postgresBin === undefined ? [] : ['test/n8n/harness/house.ts'],
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 240_000,
    teardownTimeout: 30_000,
  },
});
