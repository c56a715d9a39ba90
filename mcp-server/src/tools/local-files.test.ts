import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { RenderError } from '@renderq/core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Bench, BOTH_KEYS, createBench, expectError, settle } from '../__fixtures__/test-bench.ts';

let folder: string;
let film: string;
let bench: Bench;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'uploads-'));
  film = join(folder, 'a.mp3');
  await writeFile(film, 'ID3 sound');
  bench = await createBench({ ...BOTH_KEYS, RENDERQ_FILES: folder });
});
afterEach(async () => {
  await bench.close();
  await rm(folder, { recursive: true });
});

const request = (source: string) => ({ type: 'compress.target', inputs: { source }, params: { for: 'web' } });
const URL_OF_FIRST = 'https://api.rendobar.test/assets/1/content';

/** Reading a file takes the machine's time, not the bench's. */
async function submit(args: Record<string, unknown>) {
  const answer = bench.call('submit_render', { provider: 'rendobar', ...args });
  let isOver = false;
  void answer.finally(() => {
    isOver = true;
  });
  await vi.waitFor(() => expect(isOver || bench.rendobar.submits.length > 0).toBe(true));
  await settle();
  if (!isOver) await bench.clock.advance(1500);
  return answer;
}

describe('local files in a request', () => {
  it('are uploaded and named by their URL, with type and checksum', async () => {
    const seen = await submit({ request: request(pathToFileURL(film).href) });
    expect(seen.isError).toBe(false);
    expect(bench.storage.uploads).toEqual([
      {
        name: 'a.mp3',
        content: 'ID3 sound',
        contentType: 'audio/mpeg',
        sha256: createHash('sha256').update('ID3 sound').digest('hex'),
      },
    ]);
    expect(bench.rendobar.submits[0]?.request).toEqual(request(URL_OF_FIRST));
  });

  it('are uploaded once for the same content, under whatever name', async () => {
    const copy = join(folder, 'b.mp3');
    await writeFile(copy, 'ID3 sound');
    await submit({ request: request(film) });
    await submit({ request: { type: 'image.edit', inputs: { images: [film, copy] } } });
    expect(bench.storage.uploads).toHaveLength(1);
    await writeFile(film, 'ID3 other sound');
    await submit({ request: request(film) });
    expect(bench.storage.uploads).toHaveLength(2);
  });

  it('are uploaded again once their URL will soon end', async () => {
    await submit({ request: request(film) });
    await bench.clock.advance(19 * 3_600_000);
    await submit({ request: request(film) });
    expect(bench.storage.uploads).toHaveLength(2);
  });

  it('are checked and not uploaded by validate_render', async () => {
    const seen = await bench.call('validate_render', { provider: 'rendobar', request: request(film) });
    expect(seen.envelope.issues).toEqual([]);
    expect(seen.envelope.nextAction?.arguments).toMatchObject({ request: request(film) });
    expectError(
      await bench.call('validate_render', { provider: 'rendobar', request: request(`${film}.no`) }),
      'SOURCE_UNUSABLE',
      'request.inputs.source',
    );
    expect(bench.storage.uploads).toEqual([]);
  });

  it('answer with a typed error where they are no media, too many, or not allowed', async () => {
    const key = join(folder, 'key.mp4');
    await writeFile(key, 'PRIVATE KEY');
    expectError(await submit({ request: request(key) }), 'SOURCE_UNUSABLE', 'request.inputs.source');
    expectError(await submit({ request: request('/etc/passwd') }), 'FORBIDDEN', 'request.inputs.source');
    const images = Array.from({ length: 51 }, () => film);
    expectError(
      await submit({ request: { type: 'image.edit', inputs: { images } } }),
      'INVALID_REQUEST',
      'request.inputs.images.50',
    );
    expect(bench.storage.uploads).toEqual([]);
    expect(bench.rendobar.submits).toEqual([]);
  });

  it('are nothing that PhantomFlow takes', async () => {
    const movie = { scenes: [{ elements: [{ type: 'image', src: film }] }] };
    const seen = await bench.call('submit_render', { provider: 'phantomflow', request: movie });
    expectError(seen, 'PROVIDER_UNSUPPORTED', 'request.scenes.0.elements.0.src');
    expect(seen.envelope.error?.remedy).toContain('public URL');
    expect(bench.phantomflow.submits).toEqual([]);
  });

  it('go to the stand-in of the sandbox for either provider when there is no key', async () => {
    await bench.close();
    bench = await createBench({ RENDERQ_FILES: folder });
    const movie = { scenes: [{ elements: [{ type: 'image', src: film }] }] };
    await bench.call('submit_render', { provider: 'phantomflow', request: movie });
    expect(bench.phantomflow.submits[0]?.request).toEqual({
      scenes: [{ elements: [{ type: 'image', src: 'http://127.0.0.1:1/rendobar/assets/1/content' }] }],
    });
  });

  it('tell the fault of the upload with their field, and are tried again by the next call', async () => {
    bench.storage.fault = new RenderError({
      code: 'PLAN_LIMIT',
      message: 'The file is larger than the plan allows.',
      provider: 'rendobar',
      providerCode: 'FILE_TOO_LARGE',
      httpStatus: 413,
    });
    const seen = await submit({ request: request(film) });
    expectError(seen, 'PLAN_LIMIT', 'request.inputs.source');
    bench.storage.fault = undefined;
    expect((await submit({ request: request(film) })).isError).toBe(false);
    expect(bench.storage.uploads).toHaveLength(2);
  });

  it('that take longer than a call may are continued by the same call again, and uploaded once', async () => {
    const held = Promise.withResolvers<void>();
    bench.storage.hold = held.promise;
    const args = { provider: 'rendobar', request: request(film) };
    const first = bench.call('submit_render', args);
    await vi.waitFor(() => expect(bench.storage.uploads).toHaveLength(1));
    await bench.clock.advance(40_000);
    const seen = await first;
    expectError(seen, 'WAIT_TIMEOUT');
    expect(seen.envelope.error?.retryable).toBe(true);
    expect(seen.envelope.nextAction).toMatchObject({ tool: 'submit_render', arguments: args });
    expect(bench.rendobar.submits).toEqual([]);
    held.resolve();
    const again = await submit(seen.envelope.nextAction?.arguments ?? {});
    expect(again.isError).toBe(false);
    expect(bench.storage.uploads).toHaveLength(1);
    expect(bench.rendobar.submits).toHaveLength(1);
  });

  it('submit nothing for a caller who left while they went up', async () => {
    const held = Promise.withResolvers<void>();
    bench.storage.hold = held.promise;
    const caller = new AbortController();
    const call = bench.client
      .callTool(
        { name: 'submit_render', arguments: { provider: 'rendobar', request: request(film) } },
        { signal: caller.signal },
      )
      .catch((fault: unknown) => fault);
    await vi.waitFor(() => expect(bench.storage.uploads).toHaveLength(1));
    caller.abort();
    await call;
    held.resolve();
    await settle();
    expect((await bench.call('list_jobs')).envelope.jobs).toEqual([]);
  });

  it('inside a command go nowhere: neither up nor out as they stand', async () => {
    const inside = { type: 'ffmpeg', params: { command: `ffmpeg -i ${film} out.mp4` } };
    const seen = await submit({ request: inside });
    expectError(seen, 'INVALID_REQUEST', 'request.params.command');
    expect(seen.envelope.error?.remedy).toContain('request.inputs');
    expect(seen.envelope.nextAction).toMatchObject({ tool: 'list_providers' });
    const checked = await bench.call('validate_render', { provider: 'rendobar', request: inside });
    expectError(checked, 'INVALID_REQUEST', 'request.params.command');
    expect(bench.rendobar.submits).toEqual([]);
  });

  it('are never read for a remote caller', async () => {
    await bench.close();
    bench = await createBench({ ...BOTH_KEYS, RENDERQ_FILES: folder }, { principal: 'ann', isLocal: false });
    const seen = await submit({ request: request(film) });
    expectError(seen, 'FORBIDDEN', 'request.inputs.source');
    expect(seen.text).not.toContain('RENDERQ_FILES');
    expect(bench.storage.uploads).toEqual([]);
  });
});
