import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { availableEngines, createRig, type Rig } from '../engine/__fixtures__/render-rig.ts';

const COMMANDS: readonly { readonly command: string; readonly type: string }[] = JSON.parse(
  readFileSync(new URL('./corpus/ordinary-commands.json', import.meta.url), 'utf8'),
);
const SUBTITLES = '1\n00:00:00,000 --> 00:00:05,000\nHello\n';

/** Small media, made once and served to every engine. */
const SOURCES: Readonly<Record<string, string>> = {
  'video.mp4': '-f lavfi -i testsrc2=s=160x90:r=5:d=6 -f lavfi -i sine=d=6 -preset ultrafast video.mp4',
  'long.mp4': '-f lavfi -i testsrc2=s=64x36:r=2:d=95 -f lavfi -i sine=d=95 -preset ultrafast long.mp4',
  'song.mp3': '-f lavfi -i sine=f=660:d=6 song.mp3',
  'logo.png': '-f lavfi -i color=red:s=64x64 -frames:v 1 logo.png',
  'photo.jpg': '-f lavfi -i testsrc2=s=640x360 -frames:v 1 photo.jpg',
};

let server: Server;
let origin: string;
beforeAll(async () => {
  const maker = await createRig('wasm');
  const served = new Map<string, Buffer>([['subtitles.srt', Buffer.from(SUBTITLES)]]);
  for (const [name, command] of Object.entries(SOURCES)) {
    const { files } = await maker.command(command);
    served.set(name, await readFile(files[0]?.path ?? ''));
  }
  await maker.close();
  server = createServer((request, response) => {
    response.end(served.get(new URL(request.url ?? '', 'http://own.example').pathname.slice(1)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());

const fill = (command: string) =>
  command.replace(/\{(VIDEO|LONG|SONG|LOGO|PHOTO|SUBTITLES)\}/g, (_, name: string) => {
    const file = [...Object.keys(SOURCES), 'subtitles.srt'].find((candidate) =>
      candidate.startsWith(name.toLowerCase()),
    );
    return `${origin}/${file}`;
  });

describe.each(await availableEngines())('ordinary commands on %s', (kind) => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await createRig(kind, { ownPlace: (url: URL) => (url.origin === origin ? 'media' : undefined) });
  });
  afterAll(() => rig.close());

  it.each(COMMANDS.map(({ command, type }) => [command, type] as const))('runs %s', async (command, type) => {
    const { files } = await rig.command(fill(command), { inputs: { 'subs.srt': { content: SUBTITLES } } });
    expect(files).toHaveLength(1);
    expect(files[0]).toMatchObject({ type });
    expect(files[0]?.sizeBytes).toBeGreaterThan(300);
    if (type === 'image') expect(files[0]?.width).toBeGreaterThan(0);
    else expect(files[0]?.durationSeconds).toBeGreaterThan(0.5);
  });
});
