import { describe, expect, it } from 'vitest';
import { type Connection, connect, type Seen } from './mcp/connect.ts';
import { startStandIn } from './mcp/stand-in.ts';

interface Walk {
  readonly tools: readonly string[];
  readonly last: Seen;
}

/** A caller without a thought of its own: it makes one call and then whatever the answers tell it to. */
async function followNextActions(connection: Connection, tool = 'list_providers', args = {}): Promise<Walk> {
  const tools = [tool];
  let last = await connection.call(tool, args);
  while (last.nextAction && tools.length < 20) {
    const next = last.nextAction;
    tools.push(next.tool);
    last = await connection.call(next.tool, next.arguments);
  }
  return { tools, last };
}

describe('a caller that only follows nextAction', () => {
  it('ends with a rendered film, without any key', async () => {
    const connection = await connect('v1');
    try {
      const { tools, last } = await followNextActions(connection);
      expect(tools.slice(0, 4)).toEqual(['list_providers', 'validate_render', 'submit_render', 'get_job']);
      expect(last.job).toMatchObject({ state: 'succeeded', local: true, output: { url: expect.any(String) } });
    } finally {
      await connection.close();
    }
  });

  it.each([
    ['that is refused on sight', { provider: 'phantomflow', request: { scenes: [] } }],
    [
      'whose job fails',
      {
        provider: 'rendobar',
        request: { type: 'ffmpeg', params: { command: 'ffmpeg -i https://no-such-host.invalid/a.mp4 b.mp4' } },
      },
    ],
  ])('ends with a rendered film after a first request %s', async (_how, first) => {
    const connection = await connect('v2 of the 2025 revisions');
    try {
      const { tools, last } = await followNextActions(connection, 'submit_render', first);
      expect(tools).toContain('list_providers');
      expect(last.job).toMatchObject({ state: 'succeeded', local: true });
    } finally {
      await connection.close();
    }
  });

  it('ends with a rendered film through a refusal and a server fault of a live account', async () => {
    const id = '0f6a2c11-7a40-4a9e-9c55-2b8f3d1e7a60';
    const error = (code: string) => ({ error: { code, message: 'Not now.' } });
    const standIn = await startStandIn({
      submits: [
        { status: 429, headers: { 'retry-after': '1' }, body: error('RATE_LIMIT_EXCEEDED') },
        { status: 202, body: { job_id: id, status: 'queued' } },
      ],
      looks: [
        { status: 500, body: error('INTERNAL_ERROR') },
        { status: 200, body: { job_id: id, status: 'completed', output_url: 'https://cdn.test/film.mp4' } },
      ],
    });
    const connection = await connect('v2 of revision 2026-07-28', {
      PHANTOMFLOW_API_KEY: 've_live_key',
      PHANTOMFLOW_BASE_URL: standIn.url,
    });
    try {
      const { last } = await followNextActions(connection);
      expect(last.job).toMatchObject({ state: 'succeeded', output: { url: 'https://cdn.test/film.mp4' } });
      expect(standIn.submits).toHaveLength(2);
    } finally {
      await connection.close();
      await standIn.close();
    }
  });
});
