import { describe, expect, it } from 'vitest';
import { CLIENTS, withCaller } from './clients.ts';
import { ENDLESS } from './own-errors.ts';
import { structureOf } from './read-error.ts';
import { onRowStage } from './row-stage.ts';
import { requestFor } from './rows.ts';

/** More than the server lets one caller have under way over HTTP. */
const AT_ONCE = 40;

const OVER_HTTP = CLIENTS.filter(({ transport }) => transport === 'http');

describe.concurrent.each(OVER_HTTP)('$name, which asks for more at once than one caller may', (client) => {
  it('reads why it was refused in the fault of each call that was, and has its other answers', async () => {
    await onRowStage(ENDLESS, (stage) =>
      withCaller(client, stage, {}, async (caller) => {
        const request = requestFor({ provider: 'rendobar', name: 'job/endless' });
        const jobId = structureOf(await caller.call('submit_render', { provider: 'rendobar', request })).job?.id;
        const look = () => caller.call('get_job', { jobId, waitSeconds: 2 });
        const results = await Promise.allSettled(Array.from({ length: AT_ONCE }, look));
        const answers = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
        const faults = results.flatMap((result) => (result.status === 'rejected' ? [String(result.reason)] : []));
        expect(answers.filter(({ isError }) => isError)).toEqual([]);
        expect(faults).not.toEqual([]);
        expect(faults.filter((fault) => !/"code":"CONCURRENCY_LIMITED"/.test(fault))).toEqual([]);
        expect((await look()).isError).toBe(false);
      }),
    );
  });
});
