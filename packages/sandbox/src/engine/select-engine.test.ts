import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { selectEngines } from './select-engine.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'select-engine-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** An executable that answers FFmpeg's questions as told. */
async function fakeFfmpeg(answers: { version: string; encoders: string; filters: string }): Promise<string> {
  const path = join(folder, 'ffmpeg');
  await writeFile(
    path,
    `#!/bin/sh\ncase "$*" in\n*-version*) printf '%s\\n' '${answers.version}' ;;\n*-encoders*) printf '%s\\n' '${answers.encoders}' ;;\n*) printf '%s\\n' '${answers.filters}' ;;\nesac\n`,
  );
  await chmod(path, 0o755);
  return path;
}

const ENCODERS = ' V....D libx264              H.264\n A....D aac                  AAC';
const FILTERS = 'overlay xfade ass amix scale fps loop concat'
  .split(' ')
  .map((name) => ` TS. ${name}  V->V  x`)
  .join('\n');

describe.skipIf(process.platform === 'win32')('selectEngines', () => {
  it('uses a capable ffmpeg of the PATH', async () => {
    const path = await fakeFfmpeg({ version: 'ffmpeg version n7.1.1 Copyright', encoders: ENCODERS, filters: FILTERS });
    const { trusted } = await selectEngines({ pathEnv: `relative:/nowhere:${folder}:/usr/bin:/bin` });
    expect(trusted.info).toMatchObject({ kind: 'native', version: '7.1.1', path });
  });

  it.each([
    ['too old', { version: 'ffmpeg version 4.2.7 x', encoders: ENCODERS, filters: FILTERS }, '4.2.7 is older than 4.4'],
    [
      'without H.264',
      { version: 'ffmpeg version 6.0 x', encoders: ' A....D aac x', filters: FILTERS },
      'it lacks libx264',
    ],
    [
      'without xfade',
      { version: 'ffmpeg version N-118193-gabc x', encoders: ENCODERS, filters: FILTERS.replace('xfade', 'x') },
      'it lacks xfade',
    ],
    ['something else', { version: 'hello', encoders: '', filters: '' }, 'does not answer `-version` as FFmpeg does'],
  ])('passes over an ffmpeg that is %s and says why', async (_, answers, reason) => {
    await fakeFfmpeg(answers);
    const { trusted, untrusted } = await selectEngines({ pathEnv: folder });
    expect(trusted.info).toMatchObject({ kind: 'wasm', version: '5.1.4', reason: expect.stringContaining(reason) });
    expect(untrusted).toBe(trusted);
  });

  it('takes an unusable explicit path for an error, even where another engine would work', async () => {
    await expect(selectEngines({ ffmpegPath: join(folder, 'missing'), pathEnv: '/usr/bin' })).rejects.toMatchObject({
      kind: 'engine-cannot',
      message: expect.stringContaining('FFMPEG_PATH'),
    });
    const old = await fakeFfmpeg({ version: 'ffmpeg version 3.4 x', encoders: ENCODERS, filters: FILTERS });
    await expect(selectEngines({ ffmpegPath: old, pathEnv: '' })).rejects.toThrow(/3.4 is older/);
  });

  it('renders commands of others in WebAssembly where nothing confines the ffmpeg of the PATH', async () => {
    await fakeFfmpeg({ version: 'ffmpeg version 7.1 x', encoders: ENCODERS, filters: FILTERS });
    // The folder lies outside /usr, so bubblewrap cannot show it even where it works.
    const { trusted, untrusted } = await selectEngines({ pathEnv: folder });
    expect([trusted.info.kind, untrusted.info.kind]).toEqual(['native', 'wasm']);
    expect(trusted.info.reason).toContain('bubblewrap');
  });

  it('falls back to WebAssembly and says that there is no ffmpeg', async () => {
    const { trusted } = await selectEngines({ pathEnv: '' });
    expect(trusted.info).toMatchObject({ kind: 'wasm', reason: 'There is no ffmpeg on the PATH.' });
    await expect(selectEngines({ pathEnv: '', forceEngine: 'native' })).rejects.toThrow(/native FFmpeg was asked for/);
  });
});
