import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RenderError } from '../errors/render-error.ts';
import { rejection } from '../testing/scripted-client.ts';
import { fileFault, isFileFault } from './file-fault.ts';
import { fileSource } from './file-source.ts';
import { saveFile } from './save-file.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'renderq-files-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function* bytes() {
  yield new Uint8Array(3);
}

/** An error as Node's file system throws it. */
const systemError = (code: string) => Object.assign(new Error(`${code}: said the disk`), { code, syscall: 'write' });

describe('a file to upload', () => {
  it('that is not there is the mistake of the path, told without the path and with its cause', async () => {
    const path = join(folder, 'absent-file.mp4');
    const error = await rejection(fileSource(path));
    expect(error.record).toMatchObject({
      code: 'INVALID_REQUEST',
      field: 'path',
      remedy: expect.stringMatching(/path/),
    });
    expect(JSON.stringify(error)).not.toContain('absent-file');
    expect(error.cause).toMatchObject({ code: 'ENOENT' });
  });

  it.each([
    ['a folder', () => folder],
    ['nothing', () => undefined],
    ['a path with a character that no path has', () => 'a\u0000b'],
    ['a path through a file', () => join(import.meta.filename, 'x')],
  ])('must be a file: %s is none', async (_name, path) => {
    const error = await rejection(fileSource(path() as string));
    expect(error.record).toMatchObject({ code: 'INVALID_REQUEST', field: 'path' });
  });

  it('that changes while it is read is told as such', async () => {
    const path = join(folder, 'growing.mp4');
    await writeFile(path, 'abc');
    const source = await fileSource(path);
    expect(source).toMatchObject({ filename: 'growing.mp4', size: 3 });
    await writeFile(path, 'abcdef');
    const reading = (async () => {
      for await (const _chunk of source.read(0, 3));
    })();
    expect((await rejection(reading)).record).toMatchObject({
      field: 'path',
      message: expect.stringMatching(/changed/),
    });
  });
});

describe('a file to write', () => {
  it('in a folder that is not there is the mistake of the path', async () => {
    const error = await rejection(saveFile(bytes(), join(folder, 'absent', 'out.mp4')));
    expect(error.record).toMatchObject({ code: 'INVALID_REQUEST', field: 'path' });
    expect(error.cause).toMatchObject({ code: 'ENOENT' });
  });

  it('over a folder leaves no part behind', async () => {
    const error = await rejection(saveFile(bytes(), folder));
    expect(error.record).toMatchObject({ code: 'INVALID_REQUEST', field: 'path' });
    const parts = (await readdir(dirname(folder))).filter((name) => name.startsWith(`${basename(folder)}.`));
    expect(parts).toEqual([]);
  });

  it.each([
    [undefined, 'body'],
    [{}, 'body'],
  ])('needs bytes: %j is none', async (body, field) => {
    const error = await rejection(saveFile(body as unknown as AsyncIterable<Uint8Array>, join(folder, 'x')));
    expect(error.record).toMatchObject({ code: 'INVALID_REQUEST', field });
  });

  it('throws what reading the bytes threw as it is', async () => {
    const broken = new RenderError({ code: 'NETWORK', message: 'the download broke off' });
    async function* breaking() {
      yield new Uint8Array(1);
      throw broken;
    }
    expect(await rejection(saveFile(breaking(), join(folder, 'broken.mp4')))).toBe(broken);
  });
});

describe('what a disk says', () => {
  it.each([
    ['ENOSPC', /full/, /space/],
    ['EACCES', /may not/, /permissions/],
    ['EROFS', /read-only/, /written/],
    ['EODD', /EODD/, /disk/],
  ])('%s is told in words', (code, says, remedy) => {
    const { record } = fileFault('The file could not be written', systemError(code));
    expect(record).toMatchObject({ code: 'INVALID_REQUEST', field: 'path' });
    expect([record.message, record.remedy]).toEqual([expect.stringMatching(says), expect.stringMatching(remedy)]);
  });

  it('is told apart from what a connection says', () => {
    expect(isFileFault(systemError('ENOSPC'))).toBe(true);
    expect(isFileFault(systemError('ECONNRESET'))).toBe(false);
    expect(isFileFault(new TypeError('of the caller'))).toBe(false);
  });
});
