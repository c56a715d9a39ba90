import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startChatModel } from '../harness/chat-model.ts';
import type { Execution } from '../harness/execution.ts';
import { NODES_FOLDER } from '../harness/package-tarball.ts';
import { openStage, type Stage } from '../harness/stage.ts';

const FOLDER = `${NODES_FOLDER}examples/`;
let stage: Stage;

beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());

interface Example {
  readonly nodes: readonly {
    readonly name: string;
    readonly credentials?: Record<string, { id: string; name: string }>;
  }[];
  readonly [key: string]: unknown;
}

/** Imports an example as it is shipped, chooses credentials in it as its user does, and runs it. */
async function run(name: string, accounts: Readonly<Record<string, string>>): Promise<Execution> {
  const { id: _id, ...example } = JSON.parse(readFileSync(`${FOLDER}${name}.json`, 'utf8')) as Example;
  const chosen = example.nodes.map((node) => ({
    ...node,
    ...(node.credentials && {
      credentials: Object.fromEntries(
        Object.entries(node.credentials).map(([type, credential]) => [
          type,
          { ...credential, id: accounts[type] ?? `no ${type}` },
        ]),
      ),
    }),
  }));
  const workflow = await stage.n8n.createWorkflow({ ...example, nodes: chosen });
  return stage.n8n.waitFor(await stage.n8n.start(workflow), undefined, 90_000);
}

const phantomFlow = (key: string) => stage.credential('phantomflow', key, { plan: 'pro' });

it('are the five that are run here', () => {
  expect(readdirSync(FOLDER).sort()).toEqual([
    'agent-with-tool.json',
    'bulk-with-error-branches.json',
    'render-and-wait.json',
    'template-per-row.json',
    'top-up-alert.json',
  ]);
});

it('render-and-wait: the film is rendered and downloaded', async () => {
  const execution = await run('render-and-wait', await phantomFlow('ve_test_pro_example1'));
  expect(execution.status).toBe('success');
  expect(execution.output('Download Film')[0]?.binary?.film).toMatchObject({ mimeType: 'video/mp4' });
  expect(execution.runs('What Went Wrong')).toEqual([]);
});

it('bulk-with-error-branches: four films, and the row with a typo on its branch', { timeout: 120_000 }, async () => {
  const execution = await run(
    'bulk-with-error-branches',
    await stage.credential('rendobar', 'rb_sandbox_example2', { plan: 'pro' }),
  );
  expect(execution.status).toBe('success');
  expect(execution.json('Films').map(({ name }) => name)).toEqual(['red.mp4', 'green.mp4', 'blue.mp4', 'yellow.mp4']);
  for (const { url } of execution.json('Films')) expect(url).toMatch(/^http/);
  const failed = [...execution.json('Correct the Request'), ...execution.json('Failed Renders')];
  expect(failed).toMatchObject([{ name: 'typo.mp4', message: expect.stringMatching(/\w/) }]);
  expect(execution.json('Look at the Account')).toEqual([]);
  expect(execution.json('Try Again Later')).toEqual([]);
});

it('top-up-alert: a film while there are credits, an alert with both numbers when there are too few', async () => {
  const key = 've_test_pro_example3';
  const accounts = await phantomFlow(key);
  const paid = await run('top-up-alert', accounts);
  expect(paid.json('Film')).toMatchObject([{ url: expect.stringMatching(/^http/) }]);
  expect(paid.json('Alert')).toEqual([]);
  await stage.sandbox.setAccount({ key, credits: 1 });
  const broke = await run('top-up-alert', accounts);
  expect(broke.json('Film')).toEqual([]);
  expect(broke.json('Alert')).toMatchObject([{ text: expect.stringMatching(/needs 2 credits .* has 1\./) }]);
  expect(broke.json('Other Failures')).toEqual([]);
});

it('template-per-row: a film for each row', async () => {
  const execution = await run('template-per-row', await phantomFlow('ve_test_pro_example4'));
  expect(execution.status).toBe('success');
  expect(execution.json('Row with Film').map(({ headline }) => headline)).toEqual([
    'Fresh bread',
    'Apple cake',
    'Coffee',
  ]);
  for (const { film } of execution.json('Row with Film')) expect(film).toMatch(/^http/);
  expect(execution.json('Row with Problem')).toEqual([]);
});

it('agent-with-tool: the agent has a film made and tells where it is', async () => {
  const movie = {
    width: 64,
    height: 36,
    scenes: [
      { duration: 2, background: '#001133', elements: [{ type: 'text', text: 'Good morning', position: 'center' }] },
    ],
  };
  const model = await startChatModel({ tool: /Render_Film/, arguments: { movie } });
  try {
    const openAiApi = await stage.n8n.createCredential({
      name: 'model',
      type: 'openAiApi',
      data: { apiKey: 'scripted', url: model.url, header: false },
    });
    const execution = await run('agent-with-tool', { ...(await phantomFlow('ve_test_pro_example5')), openAiApi });
    expect(execution.error?.message).toBeUndefined();
    expect(execution.status).toBe('success');
    expect(JSON.stringify(execution.json('Agent'))).toMatch(/http[^"]+\/output\//);
  } finally {
    await model.close();
  }
});
