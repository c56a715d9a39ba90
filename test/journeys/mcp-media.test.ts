import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Connection, connect, follow } from './mcp/connect.ts';

let folder: string;
let connection: Connection;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'renderq-media-'));
  connection = await connect('v2 of revision 2026-07-28', { RENDERQ_FILES: folder });
});
afterAll(async () => {
  await connection?.close();
  await rm(folder, { recursive: true, force: true });
});

/** Renders, and gives the URL of the first output. */
async function render(provider: string, request: object): Promise<string> {
  const { job } = await connection.call('submit_render', { provider, request });
  const done = await follow(connection, job?.id ?? '');
  expect(done.job).toMatchObject({ state: 'succeeded' });
  return done.job?.output?.url ?? '';
}

const ffmpeg = (command: string, inputs?: object) => ({
  type: 'ffmpeg',
  params: { command },
  ...(inputs ? { inputs } : {}),
});

async function save(url: string, name: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, Buffer.from(await (await fetch(url)).arrayBuffer()));
  return path;
}

describe('media of this machine, without any key', () => {
  it('probes what it rendered, uploads it from an allowed folder, and renders from it', async () => {
    const url = await render(
      'rendobar',
      ffmpeg('ffmpeg -f lavfi -i testsrc=duration=1:size=320x180:rate=10 -pix_fmt yuv420p film.mp4'),
    );
    const probed = await connection.call('probe_media', { source: url });
    expect(probed.isError).toBe(false);
    expect(probed.media?.streams).toMatchObject([{ kind: 'video', codec: 'h264', width: 320, height: 180 }]);

    const film = await save(url, 'my film.mp4');
    const inputs = { 'in.mp4': pathToFileURL(film).href };
    const small = await render('rendobar', ffmpeg('ffmpeg -i in.mp4 -vf scale=160:90 small.mp4', inputs));
    const local = await save(small, 'small.mp4');
    const seen = await connection.call('probe_media', { source: local });
    expect(seen.media?.streams).toMatchObject([{ width: 160, height: 90 }]);
  });

  it('lets PhantomFlow films of the sandbox show a local picture', async () => {
    const picture = await save(
      await render('rendobar', ffmpeg('ffmpeg -f lavfi -i color=red:size=64x64 -frames:v 1 red.png')),
      'red.png',
    );
    const elements = [{ type: 'image', src: picture, x: 0, y: 0, width: 320, height: 180 }];
    const film = await render('phantomflow', { width: 320, height: 180, fps: 10, scenes: [{ duration: 1, elements }] });
    expect((await connection.call('probe_media', { source: film })).media?.streams).toMatchObject([{ width: 320 }]);
  });

  it('reads nothing else: not outside the folder, not through a link, not at a private address', async () => {
    await symlink('/etc/passwd', join(folder, 'link.mp4'));
    for (const source of ['/etc/passwd', join(folder, 'link.mp4'), `file://${folder}/../passwd`]) {
      const seen = await connection.call('probe_media', { source });
      expect(seen.error).toMatchObject({ code: 'FORBIDDEN', field: 'source' });
      const request = ffmpeg('ffmpeg -i in.mp4 out.mp4', { 'in.mp4': source });
      const submitted = await connection.call('submit_render', { provider: 'rendobar', request });
      expect(submitted.error).toMatchObject({ code: 'FORBIDDEN', field: 'request.inputs.in.mp4' });
    }
    for (const source of ['http://127.0.0.1:9/a.mp4', 'http://169.254.169.254/latest', 'ftp://cdn.test/a.mp4']) {
      const seen = await connection.call('probe_media', { source });
      expect(seen.error).toMatchObject({ code: 'SOURCE_UNUSABLE', field: 'source' });
    }
  });
});
