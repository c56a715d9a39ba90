import { mkdir, mkdtemp, realpath, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { RenderError } from '@renderq/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LOCAL_CALLER } from '../caller.ts';
import { createLocalFiles, type LocalFiles } from './local-files.ts';

let base: string;
let root: string;
let files: LocalFiles;

beforeEach(async () => {
  base = await realpath(await mkdtemp(join(tmpdir(), 'local-files-')));
  root = join(base, 'media');
  await mkdir(join(root, 'deep'), { recursive: true });
  await writeFile(join(root, 'deep', 'a b.mp3'), 'ID3 sound');
  await writeFile(join(base, 'secret.mp3'), 'ID3 secret');
  files = createLocalFiles([root, 'relative', join(base, 'absent')]);
});
afterEach(() => rm(base, { recursive: true }));

const refused = async (reference: string, from = files, caller = LOCAL_CALLER): Promise<RenderError> => {
  const fault = await from.open(reference, 'request.inputs.a', caller).catch((thrown: unknown) => thrown);
  if (RenderError.isInstance(fault)) return fault;
  throw new Error('It was not refused.');
};

describe('createLocalFiles', () => {
  it.each([(path: string) => path, (path: string) => pathToFileURL(path).href])(
    'opens a file below a root',
    async (write) => {
      const file = await files.open(write(join(root, 'deep', 'a b.mp3')), 'source', LOCAL_CALLER);
      expect(file).toMatchObject({ name: 'a b.mp3', sizeBytes: 9, mediaType: 'audio/mpeg' });
      let content = '';
      for await (const chunk of file.bytes(4)) content += String(chunk);
      expect(content).toBe('sound');
      await file.close();
    },
  );

  it('reads what was opened, and tells when it changed', async () => {
    const path = join(root, 'deep', 'a b.mp3');
    const file = await files.open(path, 'source', LOCAL_CALLER);
    await file.assertUnchanged();
    await truncate(path, 2);
    await expect(file.assertUnchanged()).rejects.toMatchObject({
      code: 'SOURCE_UNUSABLE',
      record: { field: 'source' },
    });
    await file.close();
  });

  it('refuses every way out of the roots, whether the file is there or not', async () => {
    await symlink(join(base, 'secret.mp3'), join(root, 'link.mp3'));
    await symlink(base, join(root, 'up'));
    for (const path of [
      join(base, 'secret.mp3'),
      join(base, 'never.mp3'),
      `${root}/../never.mp3`,
      `${root}/deep/../../never/deeper.mp3`,
      join(root, 'up', 'never.mp3'),
      join(root, 'up', 'never', 'deeper.mp3'),
      `${root}/../secret.mp3`,
      `${root}-other/a.mp3`,
      join(root, 'link.mp3'),
      join(root, 'up', 'secret.mp3'),
      '/etc/passwd',
      root,
      base,
    ]) {
      const fault = await refused(path);
      expect(['FORBIDDEN', path]).toEqual([fault.code, path]);
      expect(fault.record).toMatchObject({
        field: 'request.inputs.a',
        remedy: expect.stringContaining('RENDERQ_FILES'),
      });
      expect(fault.message).not.toContain('secret');
      expect(fault.message).not.toContain('no such file');
    }
  });

  it('follows a link that stays inside', async () => {
    await symlink(join(root, 'deep'), join(root, 'alias'));
    const file = await files.open(join(root, 'alias', 'a b.mp3'), 'source', LOCAL_CALLER);
    expect(file.sizeBytes).toBe(9);
    await file.close();
  });

  it('says of a file below a root that it is not there, or no file', async () => {
    expect((await refused(join(root, 'never.mp3'))).record).toMatchObject({
      code: 'SOURCE_UNUSABLE',
      message: 'request.inputs.a: there is no such file.',
    });
    expect((await refused(join(root, 'deep'))).code).toBe('SOURCE_UNUSABLE');
    expect((await refused('file://elsewhere/a.mp3')).code).toBe('INVALID_REQUEST');
  });

  it('opens nothing without roots, and nothing for a remote caller', async () => {
    const closed = await refused(join(root, 'deep', 'a b.mp3'), createLocalFiles(['relative']));
    expect(closed.record).toMatchObject({ code: 'FORBIDDEN', remedy: expect.stringContaining('RENDERQ_FILES') });
    const remote = await refused(join(root, 'deep', 'a b.mp3'), files, { principal: 'ann', isLocal: false });
    expect(remote.code).toBe('FORBIDDEN');
    expect(remote.record.remedy).not.toContain(root);
  });

  it.each([
    ['a.mov', '\0\0\0\x14ftypqt  ', 'video/quicktime'],
    ['a.mp4', '\0\0\0\x14ftypisom', 'video/mp4'],
    ['a.webm', '\x1a\x45\xdf\xa3', 'video/webm'],
    ['a.txt', '\x89PNG\r\n\x1a\n', 'image/png'],
    ['a.cube', 'LUT_3D_SIZE 2', 'text/plain'],
    ['a.srt', '1\n00:00:00,000 --> 00:00:01,000\nhi', 'application/x-subrip'],
    ['a.mp4', '-----BEGIN PRIVATE KEY-----', undefined],
    ['a.html', '<html>', undefined],
    ['a.mp4', '', undefined],
  ])('takes %s with %j for %s', async (name, content, mediaType) => {
    const path = join(root, name);
    await writeFile(path, Buffer.from(content, 'latin1'));
    const file = await files.open(path, 'source', LOCAL_CALLER);
    expect(file.mediaType).toBe(mediaType);
    await file.close();
  });
});
