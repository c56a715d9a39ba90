import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from './start-sandbox.ts';

// biome-ignore lint/suspicious/noExplicitAny: assertions look into answers whose shape is what they test.
type Json = any;

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox();
});
afterAll(() => sandbox.close());

async function call(url: string, headers: Record<string, string>, body?: object): Promise<Json> {
  const init = body === undefined ? { headers } : { method: 'POST', headers, body: JSON.stringify(body) };
  return (await fetch(url, init)).json();
}
const rendobar = (path: string, body?: object) =>
  call(`${sandbox.rendobarUrl}${path}`, { authorization: `Bearer ${sandbox.keys.rendobar}` }, body);
const phantomflow = (path: string, body?: object) =>
  call(`${sandbox.phantomflowUrl}${path}`, { 'x-api-key': sandbox.keys.phantomflow }, body);

async function ended(read: () => Promise<Json>): Promise<Json> {
  for (;;) {
    const job = await read();
    if (['complete', 'completed', 'failed', 'cancelled'].includes(job.status)) return job;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
const rendobarJob = async (params: object, inputs: object = {}) => {
  const submitted = await rendobar('/jobs', { type: 'ffmpeg', inputs, params });
  expect(submitted).toMatchObject({ data: { status: 'waiting' } });
  return submitted.data.id as string;
};
const rendobarEnd = (id: string) => ended(async () => (await rendobar(`/jobs/${id}`)).data);

/** The brand of an MP4 stands in its first box. */
async function isMp4(url: string): Promise<boolean> {
  const bytes = Buffer.from(await (await fetch(url)).arrayBuffer());
  return bytes.subarray(4, 8).toString('latin1') === 'ftyp';
}

describe('a real render', () => {
  it('of a movie ends with an MP4, the credits it cost and one webhook', async () => {
    const posts: Json[] = [];
    const receiver = createServer(async (incoming, answer) => {
      let text = '';
      for await (const chunk of incoming) text += chunk;
      posts.push(JSON.parse(text));
      answer.end();
    });
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
    try {
      const { port } = receiver.address() as AddressInfo;
      const accepted = await phantomflow('/api/render', {
        width: 320,
        height: 180,
        fps: 12,
        quality: 'low',
        webhook_uri: `http://127.0.0.1:${port}/`,
        scenes: [
          { duration: 2, background: '#203040', elements: [{ type: 'text', text: 'Opening hours', font_size: 32 }] },
        ],
      });
      expect(accepted).toMatchObject({ estimated_credits: 2, credits_remaining: 998 });
      const job = await ended(() => phantomflow(`/api/jobs/${accepted.job_id}`));
      expect(job).toMatchObject({ status: 'completed', credits_used: 2, progress: 1 });
      expect(job.duration_seconds).toBeCloseTo(2, 1);
      expect(await isMp4(job.output_url)).toBe(true);
      await expect.poll(() => posts).toHaveLength(1);
      expect(posts[0]).toEqual({
        job_id: accepted.job_id,
        status: 'completed',
        output_url: job.output_url,
        duration_seconds: job.duration_seconds,
        credits_used: 2,
      });
    } finally {
      receiver.close();
    }
  });

  it("of a command ends with a file; a later job reads that file by the job's id and by its link", async () => {
    const params = { command: 'ffmpeg -i in.mp4 -t 1 -vf scale=160:-2 -an out.mp4' };
    const first = await rendobarEnd(await rendobarJob(params, { 'in.mp4': 'https://example.com/a.mp4' }));
    expect(first).toMatchObject({
      status: 'complete',
      output: { file: { path: 'out.mp4', type: 'video', meta: { format: 'mp4', width: 160, height: 90 } } },
    });
    expect(await isMp4(first.output.file.url)).toBe(true);

    for (const input of [{ job: first.id }, first.output.file.url]) {
      const again = { command: '-i in.mp4 -frames:v 1 still.png' };
      const second = await rendobarEnd(await rendobarJob(again, { 'in.mp4': input }));
      expect(second).toMatchObject({ status: 'complete', output: { file: { type: 'image', meta: { width: 160 } } } });
    }
  });

  it('that is cancelled stops at once and leaves room for the next one', async () => {
    const id = await rendobarJob({ command: '-f lavfi -i testsrc2=size=640x360:rate=30 -t 300 -c:v libx264 out.mp4' });
    await expect.poll(async () => (await rendobar(`/jobs/${id}`)).data.status, { timeout: 10_000 }).toBe('running');
    const before = Date.now();
    expect((await rendobar(`/jobs/${id}/cancel`, {})).data.status).toBe('cancelled');
    const next = await rendobarEnd(await rendobarJob({ command: '-f lavfi -i color=size=64x64:d=0.2 out.mp4' }));
    expect(next.status).toBe('complete');
    expect(Date.now() - before).toBeLessThan(15_000);
  });

  it('that takes longer than its timeout fails with JOB_TIMEOUT', async () => {
    const command = '-f lavfi -i testsrc2=size=640x360:rate=30 -t 600 -c:v libx264 out.mp4';
    const job = await rendobarEnd(await rendobarJob({ command, timeout: 1 }));
    expect(job).toMatchObject({ status: 'failed', error: { code: 'JOB_TIMEOUT', retryable: false } });
    expect(job.completedAt - job.startedAt).toBeLessThan(10_000);
  });

  it('of what is no media fails with the words of the tool and no path of this machine', async () => {
    const job = await rendobarEnd(
      await rendobarJob({ command: '-i a.mp4 out.mp4' }, { 'a.mp4': { content: 'no media' } }),
    );
    expect(job.status).toBe('failed');
    expect(['INPUT_NOT_MEDIA', 'RUNNER_ERROR']).toContain(job.error.code);
    expect(JSON.stringify(job)).not.toMatch(/\/tmp\/|\/home\/|renderq-sandbox-/);
  });

  it('takes an uploaded file as the input of an FFmpeg job and of a movie, and marks what comes out', async () => {
    const picture = await rendobarEnd(
      await rendobarJob({ command: 'ffmpeg -f lavfi -i color=red:size=64x48:duration=1:rate=1 -frames:v 1 p.png' }),
    );
    const bytes = await (await fetch(picture.output.file.url)).arrayBuffer();
    const begun = await rendobar('/assets', { filename: 'p.png', size: bytes.byteLength, contentType: 'image/png' });
    await fetch(begun.upload.url, { method: 'PUT', body: bytes, headers: { 'content-type': 'image/png' } });
    const { url } = (await rendobar(`/assets/${begun.data.id}/complete`, {})).data;

    const command = `ffmpeg -loop 1 -i ${url} -t 1 -r 5 -pix_fmt yuv420p o.mp4`;
    const [named, staged, movie] = await Promise.all([
      rendobarJob({ command }).then(rendobarEnd),
      rendobarJob({ command: 'ffmpeg -i in.png -vf hflip o.png' }, { 'in.png': url }).then(rendobarEnd),
      phantomflow('/api/render', {
        width: 160,
        height: 90,
        fps: 5,
        scenes: [{ duration: 1, elements: [{ type: 'image', src: url }] }],
      }).then(({ job_id: id }) => ended(() => phantomflow(`/api/jobs/${id}`))),
    ]);
    expect([named.status, staged.status, movie.status]).toEqual(['complete', 'complete', 'completed']);
    for (const link of [named.output.file.url, movie.output_url]) {
      const film = Buffer.from(await (await fetch(link)).arrayBuffer());
      expect(film.includes('renderq sandbox')).toBe(true);
    }
  });
});
