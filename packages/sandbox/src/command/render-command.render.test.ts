import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { availableEngines, createRig, filesIn, type Rig } from '../engine/__fixtures__/render-rig.ts';

const VIDEO = 'https://cdn.example.com/video.mp4';
/** A whole black PNG of so many pixels on each side, in a few kilobytes. */
async function pngOf(rig: Rig, pixels: number): Promise<string> {
  const chunk = (type: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    sum.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, sum]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(pixels, 0);
  header.writeUInt32BE(pixels, 4);
  // One bit for a pixel.
  header[8] = 1;
  const rows = deflateSync(Buffer.alloc((Math.ceil(pixels / 8) + 1) * pixels));
  const path = join(await rig.folder(), 'picture.png');
  const parts = [chunk('IHDR', header), chunk('IDAT', rows), chunk('IEND', Buffer.alloc(0))];
  await writeFile(path, Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), ...parts]));
  return path;
}

const SUBTITLES = '1\n00:00:00,000 --> 00:00:09,000\nHello subtitles\n';

describe.each(await availableEngines())('a command on %s', (kind) => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await createRig(kind);
  });
  afterAll(() => rig.close());

  it('scales a sample film and leaves only its output', async () => {
    const workDir = await rig.folder();
    const seen: number[] = [];
    const result = await rig.command(
      `ffmpeg -i ${VIDEO} -vf scale=640:360 output.mp4`,
      {},
      { workDir, onProgress: (fraction) => seen.push(fraction) },
    );
    expect(result.files).toEqual([
      expect.objectContaining({
        name: 'output.mp4',
        type: 'video',
        width: 640,
        height: 360,
        durationSeconds: expect.closeTo(5, 1),
      }),
    ]);
    expect(await filesIn(workDir)).toEqual(['output.mp4']);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect(seen.filter((fraction) => fraction > 0.2 && fraction < 0.9).length).toBeGreaterThan(0);
    expect(seen.at(-1)).toBe(1);
  });

  it.each([
    ['-vn out.mp3', 'audio', {}],
    ['-vn -c:a aac out.m4a', 'audio', {}],
    ['-t 1 -vf "fps=5,scale=160:-2" out.gif', 'image', { width: 160, height: 90 }],
    ['-ss 2 -frames:v 1 -q:v 2 out.jpg', 'image', { width: 1280, height: 720 }],
    ['-ss 2 -frames:v 1 -vf scale=853:480 out.jpg', 'image', { width: 853, height: 480 }],
    ['-frames:v 1 out.webp', 'image', { width: 1280, height: 720 }],
    [
      '-t 0.5 -vf scale=320:-2 -c:v libvpx -deadline realtime -cpu-used 8 -c:a libopus out.webm',
      'video',
      { width: 320, height: 180 },
    ],
    ['-c copy out.mkv', 'video', { width: 1280, height: 720 }],
  ])('makes %s', async (options, type, size) => {
    const { files } = await rig.command(`-i ${VIDEO} ${options}`);
    expect(files).toEqual([expect.objectContaining({ type, ...size })]);
    expect(files[0]?.sizeBytes).toBeGreaterThan(500);
  });

  it('writes several files, the named ones in the order of the command', async () => {
    const { files } = await rig.command(`-i ${VIDEO} -t 1 -vf scale=160:90 b.mp4 -t 1 -vn a.wav`);
    expect(files.map(({ name, type }) => [name, type])).toEqual([
      ['b.mp4', 'video'],
      ['a.wav', 'audio'],
    ]);
  });

  it('replaces what an earlier attempt left in the folder', async () => {
    const workDir = await rig.folder();
    for (const size of ['64x48', '96x32']) {
      const { files } = await rig.command(`-f lavfi -i testsrc2=s=${size}:d=1 -frames:v 1 o.png`, {}, { workDir });
      expect(`${files[0]?.width}x${files[0]?.height}`).toBe(size);
    }
  });

  it('writes sequences of pictures', async () => {
    const { files } = await rig.command(`-f lavfi -i testsrc2=s=64x64:r=12:d=1 shot_%d.png`);
    expect(files).toHaveLength(12);
    expect(files.map(({ name }) => name).slice(8, 11)).toEqual(['shot_9.png', 'shot_10.png', 'shot_11.png']);
  });

  it('repeats a still picture', async () => {
    const { files } = await rig.command('-loop 1 -i https://example.com/a.jpg -t 1 -r 10 -vf scale=160:90 out.mp4');
    expect(files[0]).toMatchObject({ width: 160, durationSeconds: expect.closeTo(1, 1) });
  });

  it('draws text and subtitles with the packaged font when the command names none', async () => {
    const ground = '-f lavfi -i color=black:s=640x360:d=1 -frames:v 1';
    const drawn = async (graph: string, inputs = {}) => {
      const { files } = await rig.command(`${ground} -vf "${graph}" out.png`, { inputs });
      return (await rig.frame(files[0]?.path ?? '', 0)).drawn();
    };
    const text = await drawn("drawtext=text='Hi':fontsize=80:fontcolor=white:x=20:y=30");
    expect(text?.left).toBeGreaterThanOrEqual(20);
    expect(text?.right).toBeLessThan(140);
    const subtitles = await drawn('subtitles=subs.srt', { 'subs.srt': { content: SUBTITLES } });
    expect(subtitles?.top).toBeGreaterThan(280);
    const styled = await drawn("subtitles=subs.srt:force_style='FontName=Arial,FontSize=60'", {
      'subs.srt': { content: SUBTITLES },
    });
    const heightOf = (box = { top: 0, bottom: 0 }) => box.bottom - box.top;
    expect(heightOf(styled)).toBeGreaterThan(2 * heightOf(subtitles));
    const script = `[Script Info]\nScriptType: v4.00+\n\n[V4+ Styles]\nFormat: Name, Fontname, Fontsize, PrimaryColour, Alignment\nStyle: Default,Arial,40,&H00FFFFFF,8\n\n[Events]\nFormat: Layer, Start, End, Style, Text\nDialogue: 0,0:00:00.00,0:00:09.00,Default,Top\n`;
    expect((await drawn('ass=a.ass', { 'a.ass': { content: script } }))?.top).toBeLessThan(60);
  });

  it('refuses bytes that are not what the command needs', async () => {
    const playlist = '#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:1,\nfile:///etc/hostname\n#EXT-X-ENDLIST\n';
    for (const [command, content] of [
      ['-i a.mp4 -c copy out.ts', playlist],
      ['-i a.mp4 out.png', '<svg xmlns="http://www.w3.org/2000/svg"/>'],
      ['-i a.mp4 out.mp4', 'hello'],
      ['-i a.mp4 out.mp4', '<!doctype html><title>404</title>'],
      [`-i ${VIDEO} -vf subtitles=a.mp4 out.mp4`, playlist],
    ] as const) {
      await expect(rig.command(command, { inputs: { 'a.mp4': { content } } })).rejects.toMatchObject({
        kind: 'source-not-media',
      });
    }
  });

  it("reports a damaged film in FFmpeg's words and without local paths", async () => {
    const workDir = await rig.folder();
    const broken = rig.command(
      '-i a.mp4 out.mp4',
      { inputs: { 'a.mp4': { content: `\0\0\0\x20ftypisom${'x'.repeat(500)}` } } },
      { workDir },
    );
    const fault = await broken.catch((error: unknown) => error);
    expect(fault).toMatchObject({
      kind: 'failed',
      message: expect.stringContaining('FFmpeg could not run the command:'),
    });
    expect(JSON.stringify(fault)).not.toContain(workDir);
    expect(JSON.stringify(fault)).not.toContain('/tmp');
    expect(await filesIn(workDir)).toEqual([]);
  });

  it('does not call an empty film a result', async () => {
    await expect(rig.command(`-ss 100 -i ${VIDEO} out.mp4`)).rejects.toMatchObject({
      kind: 'failed',
      message: expect.stringContaining('nothing was encoded'),
    });
  });

  it('ends within a second of an abort and leaves nothing behind', async () => {
    const workDir = await rig.folder();
    const stop = new AbortController();
    let abortedAt = 0;
    const render = rig.command(
      '-f lavfi -i testsrc2=s=1280x720 -t 600 -preset veryslow out.mp4',
      {},
      {
        workDir,
        signal: stop.signal,
        onProgress: () => {
          abortedAt ||= performance.now();
          stop.abort();
        },
      },
    );
    await expect(render).rejects.toMatchObject({ kind: 'cancelled' });
    expect(performance.now() - abortedAt).toBeLessThan(1_000);
    expect(await filesIn(workDir)).toEqual([]);
  });

  it('ends at its time limit', async () => {
    const started = performance.now();
    await expect(
      rig.command('-f lavfi -i testsrc2=s=1280x720 -t 600 out.mp4', {}, { timeoutMs: 1_200 }),
    ).rejects.toMatchObject({ kind: 'timeout', message: expect.stringContaining('1.2 s') });
    expect(performance.now() - started).toBeLessThan(3_000);
  });

  it('takes sources from its own origin alone', async () => {
    const server = createServer((_, response) => response.end('not media'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const own = await createRig(kind, { ownPlace: (url: URL) => (url.origin === origin ? 'media' : undefined) });
    try {
      await expect(rig.command(`-i ${origin}/a.mp4 out.mp4`)).rejects.toMatchObject({ kind: 'source-blocked' });
      await expect(own.command(`-i ${origin}/a.mp4 out.mp4`)).rejects.toMatchObject({ kind: 'source-not-media' });
    } finally {
      await own.close();
      server.close();
    }
  });

  it('writes the same bytes again', async () => {
    const command = `-i ${VIDEO} -t 1 -vf scale=160:90 out.mp4 -t 1 -vn out.mp3`;
    const bytes = async () => {
      const { files } = await rig.command(command);
      return Promise.all(files.map(({ path }) => readFile(path)));
    };
    const [one, other] = [await bytes(), await bytes()];
    expect(one.map((file, index) => file.equals(other[index] ?? Buffer.alloc(0)))).toEqual([true, true]);
  });

  it('refuses pictures of many megapixels, to read and to write', async () => {
    const read = async (pixels: number) => {
      const inputs = { 'a.png': { path: await pngOf(rig, pixels) } };
      return rig.command('-i a.png -vf scale=16:16 out.png', { inputs });
    };
    expect((await read(1_000)).files[0]).toMatchObject({ width: 16 });
    await expect(read(8_000)).rejects.toMatchObject({ kind: 'failed' });
    await expect(rig.command('-f lavfi -i color=s=8000x8000 -frames:v 1 out.png')).rejects.toMatchObject({
      kind: 'failed',
    });
  });

  it('stops a sequence of pictures that together outgrow the limit', async () => {
    const small = await createRig(kind, { maxOutputBytes: 2_000_000 });
    try {
      const render = small.command('-f lavfi -i mandelbrot=s=640x360:r=25 -t 60 shot_%d.png');
      await expect(render).rejects.toMatchObject({ kind: 'failed', message: expect.stringContaining('grew beyond') });
    } finally {
      await small.close();
    }
  });

  it('stops an output that outgrows its limit', async () => {
    const small = await createRig(kind, { maxOutputBytes: 200_000 });
    try {
      const render = small.command('-f lavfi -i testsrc2=s=1280x720 -t 20 -c:v rawvideo out.avi');
      await expect(render).rejects.toMatchObject({ kind: 'failed', message: expect.stringContaining('grew beyond') });
    } finally {
      await small.close();
    }
  });
});

describe('a command on WebAssembly', () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await createRig('wasm');
  });
  afterAll(() => rig.close());

  it('refuses HEVC before it fetches anything', async () => {
    const started = performance.now();
    const render = rig.command('-i https://unreachable.invalid/a.mp4 -c:v libx265 out.mp4');
    await expect(render).rejects.toMatchObject({
      kind: 'engine-cannot',
      message: expect.stringContaining('native FFmpeg'),
    });
    expect(performance.now() - started).toBeLessThan(500);
  });

  it('writes a playlist and its segments', async () => {
    const { files } = await rig.command(
      '-f lavfi -i testsrc2=s=160x90:r=10:d=4 -g 10 -f hls -hls_time 1 -hls_segment_filename seg%d.ts out.m3u8',
    );
    expect(files.map(({ name }) => name)).toEqual(['out.m3u8', 'seg0.ts', 'seg1.ts', 'seg2.ts', 'seg3.ts']);
    expect(files.map(({ type }) => type)).toEqual(['playlist', 'video', 'video', 'video', 'video']);
  });

  it.each([
    ['-f dash -seg_duration 1 out.mpd', /^chunk-stream0-\d+\.m4s$/],
    ['-f segment -segment_time 1 out%d.mp4', /^out\d\.mp4$/],
  ])('writes %s', async (options, part) => {
    const { files } = await rig.command(`-f lavfi -i testsrc2=s=160x90:r=10:d=3 -g 10 ${options}`);
    expect(files.filter(({ name }) => part.test(name)).length).toBeGreaterThanOrEqual(3);
    expect(files.every(({ sizeBytes }) => sizeBytes > 100)).toBe(true);
  });

  it('joins the declared inputs of a concat list, and no other', async () => {
    const inputs = { 'list.txt': { content: "file 'a b.mp4'\nfile 'a b.mp4'\n" }, 'a b.mp4': { url: VIDEO } };
    const { files } = await rig.command('-f concat -safe 0 -i list.txt -c copy out.mp4', { inputs });
    expect(files[0]?.durationSeconds).toBeCloseTo(10, 0);
    const reaching = { 'list.txt': { content: 'file /etc/hostname\n' } };
    await expect(rig.command('-f concat -safe 0 -i list.txt out.mp4', { inputs: reaching })).rejects.toMatchObject({
      kind: 'invalid-command',
    });
  });

  it('renders two jobs at the same time', async () => {
    const command = '-f lavfi -i testsrc2=s=320x180:d=1 out.mp4';
    const results = await Promise.all([rig.command(command), rig.command(command)]);
    expect(results.map(({ files }) => files[0]?.sizeBytes)[0]).toBe(results[1]?.files[0]?.sizeBytes);
  });
});
