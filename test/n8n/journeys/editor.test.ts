import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Editor, openEditor } from '../harness/editor.ts';
import { findPrograms } from '../harness/prerequisites.ts';
import { REQUESTS, renderNode } from '../harness/render-nodes.ts';
import { openStage, type Stage } from '../harness/stage.ts';
import { type Link, type NodeSpec, START, sink } from '../harness/workflow.ts';

/** The README's pictures are taken here, with `RENDERQ_PICTURES=docs/images`; by itself a run leaves none behind. */
const PICTURES = process.env.RENDERQ_PICTURES ?? mkdtempSync(join(tmpdir(), 'renderq-pictures-'));
const MOST_BYTES = 300_000;

let stage: Stage;
let editor: Editor;
let credentials: Readonly<Record<string, string>>;

beforeAll(async () => {
  const { chromium } = findPrograms();
  if (chromium === undefined) throw new Error('No Chromium.');
  mkdirSync(PICTURES, { recursive: true });
  stage = await openStage();
  credentials = await stage.credential('rendobar', 'rb_sandbox_editor', { plan: 'pro' });
  editor = await openEditor(stage.n8n, chromium);
}, 180_000);
afterAll(async () => {
  await editor?.close();
  await stage?.close();
  if (process.env.RENDERQ_PICTURES === undefined) rmSync(PICTURES, { recursive: true, force: true });
});

async function keepPicture(name: string): Promise<void> {
  const path = join(PICTURES, name);
  await editor.page.screenshot({ path });
  expect(statSync(path).size).toBeLessThan(MOST_BYTES);
}

const at = (node: NodeSpec, x: number, y: number): NodeSpec => ({ ...node, extra: { position: [x, y] } });

/** Three films, one of which cannot be rendered; failures leave by the kind of failure. */
async function branchingWorkflow() {
  const typo = {
    type: 'ffmpeg',
    params: { command: 'ffmpeg -f lavfi -i color=c=red:s=64x36:d=1 -no_such_option 1 a.mp4' },
  };
  const render = renderNode({
    name: 'Render',
    provider: 'rendobar',
    action: 'job.renderAndWait',
    credentials,
    parameters: {
      requestMode: 'json',
      requestJson: '={{ JSON.stringify($json.request) }}',
      branching: 'category',
      branchCategories: ['request', 'account', 'render'],
    },
  });
  const names = ['Films', 'Correct It', 'Top Up', 'Look at the Log', 'Other'];
  return stage.n8n.createWorkflow({
    name: 'Films, each failure on its branch',
    items: [REQUESTS.rendobar, typo, REQUESTS.rendobar].map((request) => ({ json: { request } })),
    nodes: [at(START, 0, 0), at(render, 240, 0), ...names.map((name, row) => at(sink(name), 560, (row - 2) * 140))],
    links: [['Start', 0, 'Render'], ...names.map((name, output): Link => ['Render', output, name])],
  });
}

it('shows the panel of the node: credential, resource, operation, and the fields that belong to them', async () => {
  const workflow = await branchingWorkflow();
  await editor.openWorkflow(workflow.id);
  const { page } = editor;
  await page.locator('[data-test-id="canvas-node"]').filter({ hasText: 'Render' }).first().dblclick();
  const panel = page.locator('[data-test-id="ndv"], [data-test-id="node-parameters"]').first();
  await panel.waitFor();
  // What a list has chosen stands in its input.
  const chosen = async () =>
    Promise.all((await panel.locator('input').all()).map((input) => input.inputValue().catch(() => '')));
  await expect.poll(chosen, { timeout: 15_000 }).toContain('Render and Wait');
  const text = await panel.textContent();
  for (const label of [
    'Resource',
    'Operation',
    'Specify Request',
    'Max Wait (Minutes)',
    'Branch on Outcome',
    'Categories',
  ])
    expect(text).toContain(label);
  await page.waitForTimeout(1_000);
  await keepPicture('n8n-node-panel.png');
});

it('names the branches on the canvas', async () => {
  const workflow = await branchingWorkflow();
  await editor.openWorkflow(workflow.id);
  const node = editor.page.locator('[data-test-id="canvas-node"]').filter({ hasText: 'Render' }).first();
  await expect
    .poll(() => node.textContent(), { timeout: 15_000 })
    .toMatch(/Success[\s\S]*Request[\s\S]*Account[\s\S]*Render[\s\S]*Other/);
  await editor.page.waitForTimeout(1_000);
  await keepPicture('n8n-branches.png');
});

it('shows a finished run: two films on the first branch, the wrong one on its own', async () => {
  const workflow = await branchingWorkflow();
  const execution = await stage.n8n.waitFor(await stage.n8n.start(workflow));
  expect(execution.json('Films')).toHaveLength(2);
  const { page } = editor;
  await page.goto(`${stage.n8n.url}/workflow/${workflow.id}/executions/${execution.id}`);
  const preview = page.frameLocator('iframe').locator('[data-test-id="canvas-node"]').first();
  await Promise.race([preview.waitFor(), page.locator('[data-test-id="canvas-node"]').first().waitFor()]);
  await page.waitForTimeout(2_500);
  await keepPicture('n8n-finished-run.png');
});

it('asks no host but this machine', () => {
  expect([...editor.outsideHosts]).toEqual([]);
});
