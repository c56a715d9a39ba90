import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { availableEngines, createRig, type Rig } from '../engine/__fixtures__/render-rig.ts';

const SIGHT = '-f lavfi -i testsrc2=s=64x36:r=5:d=1';
const SOUND = '-f lavfi -i sine=d=1';

describe.each(await availableEngines())('the same command on %s', (kind) => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await createRig(kind);
  });
  afterAll(() => rig.close());

  it.each([
    `${SIGHT} ${SOUND} out.mp4`,
    `${SIGHT} ${SOUND} out.mov`,
    `${SIGHT} ${SOUND} -c:v libx264 -c:a aac out.mkv`,
    `${SIGHT} ${SOUND} -c:v libx264 -flags +cgop -fflags +genpts out.mkv`,
    `${SIGHT} ${SOUND} -c:v libvpx -c:a libvorbis out.webm`,
    `${SIGHT} ${SOUND} out.avi`,
    `${SIGHT} ${SOUND} out.ts`,
    `${SIGHT} out.gif`,
    `${SIGHT} -frames:v 1 out.png`,
    `${SIGHT} -frames:v 1 out.jpg`,
    `${SOUND} -c:a libvorbis out.ogg`,
    `${SOUND} -c:a libopus out.opus`,
    `${SOUND} out.mp3`,
    `${SOUND} out.m4a`,
    `${SOUND} out.wav`,
    `${SOUND} out.flac`,
  ])('writes the same bytes again: %s', async (command) => {
    const outputs: Buffer[] = [];
    for (let run = 0; run < 2; run += 1) {
      const { files } = await rig.command(command);
      outputs.push(await readFile(files[0]?.path ?? ''));
    }
    const [first, second] = outputs;
    expect(first?.length).toBeGreaterThan(100);
    expect(first?.equals(second ?? Buffer.alloc(0))).toBe(true);
  });
});
