import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { residentBytes } from '../harness/n8n-process.ts';
import { flowOf, REQUESTS, renderNode, sinks } from '../harness/render-nodes.ts';
import { openStage, type Stage } from '../harness/stage.ts';
import { startVendorStandIn, type VendorStandIn } from '../harness/vendor-stand-in.ts';
import { START } from '../harness/workflow.ts';

const MB = 1024 * 1024;
let stage: Stage;
let vendor: VendorStandIn;

beforeAll(async () => {
  stage = await openStage();
  vendor = await startVendorStandIn();
});
afterAll(async () => {
  await vendor.close();
  await stage.close();
});

const KEY = 've_live_films';
const credential = () => stage.credential('phantomflow', KEY, { plan: 'pro', baseUrl: vendor.baseUrls.phantomflow });

/** A job of the stand-in whose film has so many bytes. */
async function filmOf(bytes: number): Promise<string> {
  const node = renderNode({
    name: 'Create',
    provider: 'phantomflow',
    action: 'render.create',
    parameters: { movie: JSON.stringify(REQUESTS.phantomflow) },
    credentials: await credential(),
  });
  const [item] = (await stage.n8n.run(flowOf(node))).json('Create 0');
  const jobId = String(item?.jobId);
  vendor.endWithFilm(jobId, bytes);
  return jobId;
}

/** Does something while n8n's memory is watched; gives by how many bytes it was above where it began. */
async function watchMemory<T>(act: () => Promise<T>): Promise<{ result: T; grewBytes: number }> {
  const pid = await stage.n8nPid();
  const before = await residentBytes(pid);
  let most = before;
  const watch = setInterval(async () => {
    most = Math.max(most, await residentBytes(pid).catch(() => 0));
  }, 100);
  try {
    const result = await act();
    return { result, grewBytes: most - before };
  } finally {
    clearInterval(watch);
  }
}

describe('a large film', () => {
  it('of 1 GB comes down without going through memory', { timeout: 180_000 }, async () => {
    const bytes = 1024 * MB;
    const jobId = await filmOf(bytes);
    const node = renderNode({
      name: 'Download',
      provider: 'phantomflow',
      action: 'render.download',
      parameters: { jobId, binaryPropertyName: 'film' },
      credentials: await credential(),
    });
    const { result, grewBytes } = await watchMemory(() => stage.n8n.run(flowOf(node), 170_000));
    expect(result.error?.message).toBeUndefined();
    expect(result.output('Download 0')[0]?.json).toMatchObject({ sizeBytes: bytes });
    expect(result.output('Download 0')[0]?.binary?.film).toMatchObject({ mimeType: 'video/mp4', bytes });
    expect(grewBytes).toBeLessThan(150 * MB);
  });

  it('of 300 MB goes up as it came down', { timeout: 180_000 }, async () => {
    const bytes = 300 * MB;
    const jobId = await filmOf(bytes);
    const down = renderNode({
      name: 'Download',
      provider: 'phantomflow',
      action: 'render.download',
      parameters: { jobId, binaryPropertyName: 'film' },
      credentials: await credential(),
    });
    const up = renderNode({
      name: 'Upload',
      provider: 'rendobar',
      action: 'file.upload',
      parameters: { binaryPropertyName: 'film' },
      credentials: await stage.credential('rendobar', 'rb_sandbox_films', { plan: 'pro' }),
    });
    const behind = sinks('Upload', 1);
    const { result, grewBytes } = await watchMemory(() =>
      stage.n8n.run(
        {
          name: 'Down and up',
          nodes: [START, down, up, ...behind.nodes],
          links: [['Start', 0, 'Download'], ['Download', 0, 'Upload'], ...behind.links],
        },
        170_000,
      ),
    );
    expect(result.error?.message).toBeUndefined();
    expect(result.json('Upload 0')).toMatchObject([{ sizeBytes: bytes, url: expect.stringMatching(/^http/) }]);
    expect(grewBytes).toBeLessThan(200 * MB);
  });
});
