import { randomBytes } from 'node:crypto';
import { bytesSource, createNodeRendobar } from '@renderq/core/node';
import { type Sandbox, startSandbox } from '@renderq/sandbox';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sandboxTarget } from './sandbox-target.ts';

const PARTS = { multipartFromBytes: 1000 };

let sandbox: Sandbox;
let target: ReturnType<typeof sandboxTarget>;
beforeAll(async () => {
  sandbox = await startSandbox();
  target = sandboxTarget(sandbox, 'rendobar');
});
afterAll(() => sandbox.close());
beforeEach(async () => {
  await target.control('/reset', {});
});

const client = () => createNodeRendobar({ apiKey: sandbox.keys.rendobar, baseUrl: sandbox.rendobarUrl });
const upload = (bytes: Buffer) => client().assets.upload(bytesSource(bytes, 'in.mp4'));

/** What went to the upload host, in the order of its arrival. */
async function puts(): Promise<readonly { readonly status: number; readonly path: string }[]> {
  const { requests } = (await target.control('/requests')).json;
  return requests.filter(({ path }: { readonly path: string }) => path.startsWith('/_upload/'));
}

async function contentOf(url: string): Promise<Buffer> {
  return Buffer.from(await (await fetch(url)).arrayBuffer());
}

describe('renderq’s client uploads to the sandbox', () => {
  it('in one piece, and not at all a second time', async () => {
    const bytes = randomBytes(900);
    const asset = await upload(bytes);
    expect(asset).toMatchObject({ status: 'ready', sizeBytes: 900, contentType: 'video/mp4' });
    expect((await contentOf(asset.url)).equals(bytes)).toBe(true);
    expect((await upload(bytes)).id).toBe(asset.id);
    expect(await puts()).toHaveLength(1);
  });

  it('in parts, and sends again the one whose connection broke', async () => {
    await target.setAccount({ limits: PARTS });
    await target.control('/faults', { match: { path: '/_upload/*/2' }, do: { transport: 'reset' } });
    const bytes = randomBytes(2500);
    const asset = await upload(bytes);
    expect((await contentOf(asset.url)).equals(bytes)).toBe(true);
    const sent = (await puts()).map(({ path }) => path.at(-1)).sort();
    expect(sent).toEqual(['1', '2', '2', '3']);
  });

  it('although the answer to a part was lost after the part had arrived', async () => {
    await target.setAccount({ limits: PARTS });
    const rule = { match: { path: '/_upload/*/3' }, do: { transport: 'reset', when: 'after' } };
    await target.control('/faults', rule);
    const bytes = randomBytes(2500);
    expect((await contentOf((await upload(bytes)).url)).equals(bytes)).toBe(true);
  });

  it('and is told by the code what its plan does not allow', async () => {
    await target.setAccount({ limits: { maxInputBytes: 10 } });
    await expect(upload(randomBytes(11))).rejects.toMatchObject({ record: { providerCode: 'FILE_TOO_LARGE' } });
  });
});
