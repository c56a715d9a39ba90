import { type FileDownload, type JobSnapshot, RenderError } from '@renderq/core';
import type { INodeExecutionData } from 'n8n-workflow';
import { describe, expect, it } from 'vitest';
import { createFakeExecution } from '../testing/fake-execution.ts';
import { binarySource } from './binary-source.ts';
import { outputName, storedFile } from './stored-file.ts';

const CONTENT = Uint8Array.from({ length: 1000 }, (_, at) => at % 251);
const JOB: JobSnapshot = { provider: 'rendobar', id: 'job_1', state: 'succeeded', providerState: 'complete' };

const itemWith = (file: object): INodeExecutionData => ({
  json: {},
  binary: { data: { data: '', mimeType: 'video/mp4', fileName: 'film.mp4', ...file } },
});

async function bytesOf(bytes: AsyncIterable<Uint8Array>): Promise<number[]> {
  const whole: number[] = [];
  for await (const chunk of bytes) whole.push(...chunk);
  return whole;
}

describe('a binary field as a source', () => {
  it('is read out of the store of n8n, piece by piece', async () => {
    const { ctx } = createFakeExecution({ items: [itemWith({ id: 'fs:1' })], files: { 'fs:1': CONTENT } });
    const { source, mimeType, close } = await binarySource(ctx, 0, 'data');
    expect([source.filename, source.size, source.version, mimeType]).toEqual(['film.mp4', 1000, 'fs:1', 'video/mp4']);
    expect(await bytesOf(source.read(10, 500))).toEqual([...CONTENT.slice(10, 500)]);
    close();
  });

  it('is what n8n holds in memory, where it holds it there', async () => {
    const data = Buffer.from(CONTENT).toString('base64');
    const { ctx } = createFakeExecution({ items: [itemWith({ data })] });
    const { source } = await binarySource(ctx, 0, 'data', 'renamed.mp4');
    expect([source.filename, await bytesOf(source.read(0, 1000))]).toEqual(['renamed.mp4', [...CONTENT]]);
  });

  it.each([
    ['nothing', [{ json: {} }], 'data', /Connect a node that gives a file/],
    ['another field', [itemWith({})], 'film', /Use one of the binary fields that the item has: data\./],
    ['what every object has', [itemWith({})], 'constructor', /data\./],
  ])('of an item that has %s is refused by its name', async (_what, items, property, remedy) => {
    const { ctx } = createFakeExecution({ items });
    await expect(binarySource(ctx, 0, property)).rejects.toMatchObject({
      record: { code: 'INVALID_REQUEST', field: 'binaryPropertyName', remedy: expect.stringMatching(remedy) },
    });
  });

  it('whose file n8n has removed is refused by its name', async () => {
    const { ctx } = createFakeExecution({ items: [itemWith({ id: 'fs:gone' })] });
    ctx.helpers.getBinaryMetadata = () => Promise.reject(new Error('File not found'));
    await expect(binarySource(ctx, 0, 'data')).rejects.toMatchObject({
      record: { field: 'binaryPropertyName', message: expect.stringContaining('File not found') },
    });
  });
});

describe('a download in n8n', () => {
  const download = (body: AsyncIterable<Uint8Array>): FileDownload => ({
    body,
    contentType: 'video/mp4; codecs=avc1',
    sizeBytes: 4,
    discard: () => undefined,
  });

  it('is streamed into the store under its name, with its kind', async () => {
    const { ctx, kept } = createFakeExecution({});
    const body = (async function* () {
      yield new Uint8Array([1, 2]);
      yield new Uint8Array([3, 4]);
    })();
    const made = await storedFile(ctx, JOB, { download: download(body), property: 'film', name: 'a.mp4' });
    expect([...(kept.get('a.mp4') ?? [])]).toEqual([1, 2, 3, 4]);
    expect(made.binary?.film).toMatchObject({ fileName: 'a.mp4', mimeType: 'video/mp4' });
    expect(made.json).toMatchObject({ jobId: 'job_1', fileName: 'a.mp4', sizeBytes: 4 });
  });

  it('fails as the download does, and says so where it is the store that fails', async () => {
    const { ctx } = createFakeExecution({});
    const broken = new RenderError({ code: 'NETWORK', message: 'It broke off.' });
    const body = (async function* () {
      yield new Uint8Array(1);
      throw broken;
    })();
    const how = { property: 'data', name: 'a.mp4' };
    await expect(storedFile(ctx, JOB, { download: download(body), ...how })).rejects.toBe(broken);
    ctx.helpers.prepareBinaryData = () => Promise.reject(new Error('ENOSPC: no space left on device'));
    const { record } = await storedFile(ctx, JOB, { download: download(body), ...how }).catch((error) => error);
    expect(record).toMatchObject({ message: expect.stringContaining('no space left'), jobId: 'job_1' });
    expect(record.remedy).toContain('free space');
  });

  it.each([
    [{ url: 'https://a.example/x?t=1', files: [{ url: 'https://a.example/x?t=1', name: 'out.webm' }] }, 'out.webm'],
    [{ url: 'https://a.example/v/film.mov?t=1', files: [] }, 'film.mov'],
    [{ url: 'https://a.example/dl/job_1?t=1', files: [] }, 'job_1.mp4'],
    [{ files: [{ url: 'https://a.example/only.gif' }] }, 'only.gif'],
    [undefined, 'job_1.mp4'],
  ])('of %j is called %s', (output, name) => {
    expect(outputName({ ...JOB, ...(output !== undefined && { output }) })).toBe(name);
  });
});
