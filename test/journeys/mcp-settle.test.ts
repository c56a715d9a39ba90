import { describe, expect, it } from 'vitest';
import { type Connection, connect, follow, type Seen } from './mcp/connect.ts';
import { freshHome, type ServerRun, startRaw } from './mcp/server-process.ts';
import { type StandIn, type StandInAnswer, startStandIn } from './mcp/stand-in.ts';

const JOB = '0f6a2c11-7a40-4a9e-9c55-2b8f3d1e7a60';
const ACCEPTED: StandInAnswer = {
  status: 202,
  body: { job_id: JOB, status: 'queued', estimated_credits: 1, credits_remaining: 9 },
};
const FINISHED: StandInAnswer = {
  status: 200,
  body: {
    job_id: JOB,
    status: 'completed',
    progress: 100,
    video_url: 'https://cdn.test/film.mp4',
    created_at: '2026-01-01T00:00:00Z',
  },
};

/** A PhantomFlow that loses the answer to the first submit and shows no list by which it could be found. */
async function onStage(
  act: (stage: {
    readonly standIn: StandIn;
    readonly jobId: string;
    readonly settle: (...args: string[]) => Promise<ServerRun>;
    readonly look: () => Promise<Seen>;
  }) => Promise<void>,
): Promise<void> {
  const standIn = await startStandIn({ submits: ['cut', ACCEPTED], looks: [FINISHED] });
  const settings = {
    RENDERQ_HOME: freshHome(),
    PHANTOMFLOW_API_KEY: 've_live_private',
    PHANTOMFLOW_BASE_URL: standIn.url,
  };
  const use = async (run: (connection: Connection) => Promise<Seen>): Promise<Seen> => {
    const connection = await connect('v1', settings);
    return run(connection).finally(() => connection.close());
  };
  try {
    const seen = await use(async (connection) => {
      const request = { scenes: [{ duration: 1, elements: [] }] };
      const submitted = await connection.call('submit_render', { provider: 'phantomflow', request });
      return submitted.job?.state === 'failed' ? submitted : follow(connection, submitted.job?.id ?? '');
    });
    expect(seen.job?.error?.code).toBe('SUBMIT_OUTCOME_UNKNOWN');
    const jobId = seen.job?.id ?? '';
    await act({
      standIn,
      jobId,
      settle: (...args) => startRaw(['settle', jobId, ...args], settings).end(),
      look: () => use((connection) => follow(connection, jobId)),
    });
  } finally {
    await standIn.close();
  }
}

// Side by side: most of their time the server waits for a list that never tells.
describe.concurrent('a submit whose outcome nobody knows', () => {
  it('is the job that a person found at the provider', () =>
    onStage(async ({ standIn, jobId, settle, look }) => {
      const run = await settle('--ran-as', JOB);
      expect(run).toMatchObject({ code: 0, stderr: '' });
      expect(run.stdout).toContain(jobId);
      expect((await look()).job).toMatchObject({ state: 'succeeded', providerJobId: JOB });
      expect(standIn.submits).toHaveLength(1);
    }));

  it('is sent again, once, when a person says that it never ran', () =>
    onStage(async ({ standIn, settle, look }) => {
      expect(await settle('--never-ran')).toMatchObject({ code: 0, stderr: '' });
      expect((await look()).job).toMatchObject({ state: 'succeeded', providerJobId: JOB });
      expect(standIn.submits).toHaveLength(2);
    }));

  it('is settled once only, and by its own principal only', () =>
    onStage(async ({ standIn, settle }) => {
      const foreign = await settle('--never-ran', '--principal', 'anna');
      expect(foreign).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('No job of this id') });
      expect(await settle('--ran-as', JOB)).toMatchObject({ code: 0 });
      const again = await settle('--never-ran');
      expect(again).toMatchObject({
        code: 1,
        stdout: '',
        stderr: expect.stringMatching(/^renderq-mcp: .*not in doubt/),
      });
      expect(standIn.submits).toHaveLength(1);
    }));
});
