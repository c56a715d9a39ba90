import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { flowOf, REQUESTS, renderNode } from '../harness/render-nodes.ts';
import { openStage, type Stage } from '../harness/stage.ts';
import type { Item } from '../harness/workflow.ts';

const KEY = 've_test_pro_operations';
let stage: Stage;
let credentials: Readonly<Record<string, string>>;

beforeAll(async () => {
  stage = await openStage();
  credentials = await stage.credential('phantomflow', KEY, { plan: 'pro' });
});
afterAll(() => stage.close());

/** Runs one operation of the PhantomFlow node; gives what reached the next node. */
async function run(action: string, parameters: object, items?: readonly Item[]) {
  const node = renderNode({ name: 'PhantomFlow', provider: 'phantomflow', action, parameters, credentials });
  const execution = await stage.n8n.run(flowOf(node, items));
  expect(execution.error?.message).toBeUndefined();
  expect(execution.status).toBe('success');
  return execution.output('PhantomFlow 0');
}

const MOVIE = { movie: JSON.stringify(REQUESTS.phantomflow) };
const TEMPLATE = {
  name: 'Greeting',
  script: JSON.stringify({
    width: 64,
    height: 36,
    scenes: [{ duration: 1, elements: [{ type: 'text', text: 'Hello {{name}}' }] }],
  }),
};

describe('the PhantomFlow node against the sandbox', () => {
  it('creates a render and goes on with it as it was accepted', async () => {
    const items = await run('render.create', MOVIE);
    expect(items).toHaveLength(1);
    expect(items[0]?.json).toMatchObject({ provider: 'phantomflow', state: 'queued', jobId: expect.any(String) });
  });

  it('renders and waits: the item has the link of the film', async () => {
    const [item] = await run('render.renderAndWait', MOVIE);
    expect(item?.json).toMatchObject({
      state: 'succeeded',
      output: { url: expect.stringContaining(stage.sandbox.phantomFlowUrl) },
    });
  });

  it('gets a render, lists renders, downloads the film', async () => {
    const [film] = await run('render.renderAndWait', MOVIE);
    const jobId = String(film?.json.jobId);
    const [got] = await run('render.get', { jobId: '={{ $json.id }}' }, [{ json: { id: jobId } }]);
    expect(got?.json).toMatchObject({ jobId, state: 'succeeded' });
    const many = await run('render.getMany', { returnAll: true });
    expect(many.map((item) => item.json.jobId)).toContain(jobId);
    expect(await run('render.getMany', { returnAll: false, limit: 1 })).toHaveLength(1);
    const [download] = await run('render.download', { jobId, binaryPropertyName: 'film' });
    expect(download?.binary?.film).toMatchObject({ mimeType: 'video/mp4' });
  });

  it('keeps a template, lists it, reads it, and renders it with the values of each row', async () => {
    const [created] = await run('template.create', TEMPLATE);
    const templateId = String(created?.json.templateId);
    const listed = await run('template.getMany', { returnAll: true });
    expect(listed.map((item) => item.json.templateId)).toContain(templateId);
    const [read] = await run('template.get', { templateId });
    expect(read?.json).toMatchObject({ templateId, name: 'Greeting' });
    const films = await run(
      'template.render',
      { templateId, variablesMode: 'json', variablesJson: '={{ JSON.stringify({ name: $json.name }) }}' },
      [{ json: { name: 'Ada' } }, { json: { name: 'Grace' } }],
    );
    expect(new Set(films.map((item) => item.json.jobId)).size).toBe(2);
  });

  it('validates a movie without paying', async () => {
    const before = await credits();
    const [good] = await run('render.validate', MOVIE);
    expect(good?.json).toMatchObject({ valid: true });
    const [bad] = await run('render.validate', { movie: JSON.stringify({ ...REQUESTS.phantomflow, scenes: [] }) });
    expect(bad?.json).toMatchObject({ valid: false });
    expect(await credits()).toBe(before);
  });

  it('tells the limits of the account as far as they are known', async () => {
    const [item] = await run('account.getLimits', {});
    expect(JSON.stringify(item?.json)).toContain('120');
  });
});

async function credits(): Promise<number> {
  const response = await fetch(
    `${stage.sandbox.phantomFlowUrl.replace('/phantomflow', '')}/_sandbox/account?key=${KEY}`,
  );
  return ((await response.json()) as { credits: number }).credits;
}
