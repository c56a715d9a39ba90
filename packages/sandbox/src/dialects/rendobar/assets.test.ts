import { createHash, randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { finishRender, settle } from '../../service/__fixtures__/harness.ts';
import { stageRendobar } from './__fixtures__/rendobar-stage.ts';

const stage = stageRendobar();
const { call } = stage;

const BYTES = new Uint8Array(randomBytes(1000));
const SHA256 = createHash('sha256').update(BYTES).digest('hex');
const TYPE = { 'content-type': 'video/mp4' };
const HOUR_MS = 3_600_000;

const begin = (extra: object = {}, key?: string) =>
  call('/assets', {
    body: { filename: 'a.mp4', size: BYTES.length, contentType: 'video/mp4', ...extra },
    ...(key === undefined ? {} : { key }),
  });
const put = (url: string, body: Uint8Array<ArrayBuffer> = BYTES, headers: Record<string, string> = TYPE) =>
  stage.harness.storage(url, { method: 'PUT', body, headers });
const complete = (id: string, body: object = {}) => call(`/assets/${id}/complete`, { body });
const withoutOrigin = (url: string) => url.replace('http://sandbox.test/rendobar', '');

async function uploaded(extra: object = {}): Promise<{ readonly id: string; readonly url: string }> {
  const { json } = await begin(extra);
  await put(json.upload.url);
  return (await complete(json.data.id)).json.data;
}

describe('a Rendobar upload', () => {
  it('is begun, sent to another origin and completed, and then is what was sent', async () => {
    const begun = await begin({ checksum: SHA256.toUpperCase() });
    expect([begun.status, begun.json]).toMatchObject([
      201,
      {
        status: 'presigned',
        upload: { method: 'PUT', expiresAt: stage.harness.clock.now() + 6 * HOUR_MS },
        data: {
          status: 'pending',
          declaredSize: 1000,
          sizeBytes: null,
          lifecycle: 'ephemeral',
          contentType: 'video/mp4',
        },
      },
    ]);
    expect(Object.keys(begun.json.data)).toHaveLength(21);
    const { url } = begun.json.upload;
    expect(new URL(url).origin).not.toBe('http://sandbox.test');
    const sent = await put(url);
    expect([sent.status, sent.headers.get('etag')]).toEqual([
      200,
      `"${createHash('md5').update(BYTES).digest('hex')}"`,
    ]);
    expect(sent.headers.get('x-renderq-sandbox')).toBe('1');
    const { id } = begun.json.data;
    const ready = await complete(id);
    expect([ready.status, ready.json.data]).toMatchObject([
      200,
      { id, status: 'ready', sizeBytes: 1000, checksum: SHA256 },
    ]);
    expect((await complete(id)).json).toEqual(ready.json);
    expect((await call(`/assets/${id}`)).json).toEqual(ready.json);
    const content = await call(withoutOrigin(ready.json.data.url), { key: null });
    expect([content.status, content.headers.get('content-type'), content.headers.get('content-length')]).toEqual([
      200,
      'video/mp4',
      '1000',
    ]);
  });

  it.each(['text/html', 'image/svg+xml'])('of the type %s is never a page of this origin', async (contentType) => {
    const begun = await begin({ contentType });
    await stage.harness.storage(begun.json.upload.url, {
      method: 'PUT',
      body: BYTES,
      headers: { 'content-type': contentType },
    });
    const { data } = (await complete(begun.json.data.id)).json;
    const { status, headers } = await call(withoutOrigin(data.url), { key: null });
    expect([status, headers.get('content-type')]).toEqual([200, contentType]);
    expect(headers.get('content-security-policy')).toBe("sandbox; default-src 'none'");
    expect(headers.get('content-disposition')).toMatch(/^attachment/);
  });

  it('goes up in parts from a size on, and is whole only with the ETag of each', async () => {
    const limits = { multipartFromBytes: 400 };
    await stage.harness.control('/account', { method: 'PUT', body: { key: 'rb_sandbox', limits } });
    const { json } = await begin();
    expect(json).toMatchObject({ status: 'multipart', upload: { partSize: 400, parts: [{}, {}, {}] } });
    const { id } = json.data;
    const parts = [];
    for (const { partNumber, url } of json.upload.parts) {
      const bytes = BYTES.slice((partNumber - 1) * 400, partNumber * 400);
      parts.push({ partNumber, etag: (await put(url, bytes)).headers.get('etag') });
    }
    expect((await complete(id)).json.error.details.path).toBe('parts');
    const wrong = await complete(id, { parts: [...parts.slice(0, 2), { partNumber: 3, etag: '"0"' }] });
    expect([wrong.status, wrong.json.error.details.path]).toEqual([400, 'parts.2.etag']);
    // Clients strip the quotes, and may name the parts in any order.
    const bare = parts.map(({ partNumber, etag }) => ({ partNumber, etag: etag?.replaceAll('"', '') })).reverse();
    expect((await complete(id, { parts: bare })).json.data).toMatchObject({ status: 'ready', checksum: SHA256 });
  });

  it('is completed once when two ask for it at the same time', async () => {
    const { json } = await begin();
    await put(json.upload.url);
    const both = await Promise.all([complete(json.data.id), complete(json.data.id)]);
    expect(both.map(({ status, json: { data } }) => [status, data.sizeBytes])).toEqual([
      [200, 1000],
      [200, 1000],
    ]);
    expect(await readdir(join(stage.harness.dataDir, 'uploads'))).toHaveLength(1);
  });

  it('is not sent again when the organization has its checksum ready', async () => {
    const { id } = await uploaded();
    const again = await begin({ checksum: SHA256 });
    expect([again.status, again.json]).toMatchObject([200, { status: 'deduplicated', data: { id, status: 'ready' } }]);
    expect(again.json).not.toHaveProperty('upload');
    expect((await begin({ checksum: SHA256, lifecycle: 'persisted' })).json.status).toBe('presigned');
    expect((await begin({ checksum: SHA256 }, 'rb_sandbox_other')).json.status).toBe('presigned');
    stage.harness.clock.advance(24 * HOUR_MS);
    expect((await begin({ checksum: SHA256 })).json.status).toBe('presigned');
  });

  it('is refused where bytes are missing, too few or other than announced', async () => {
    const { json } = await begin();
    expect((await complete(json.data.id)).json.error.code).toBe('CONFLICT');
    await put(json.upload.url, BYTES.slice(1));
    expect((await complete(json.data.id)).json.error).toMatchObject({
      code: 'VALIDATION_ERROR',
      details: { path: 'size' },
    });
    const other = (await begin({ checksum: 'f'.repeat(64) })).json;
    await put(other.upload.url);
    expect((await complete(other.data.id)).json.error.details.path).toBe('checksum');
  });

  it.each([
    [{ size: 0 }, 'size'],
    [{ filename: '' }, 'filename'],
    [{ lifecycle: 'for ever' }, 'lifecycle'],
    [{ checksum: 'abc' }, 'checksum'],
  ])('is refused with %j, pointing at %s', async (extra, path) => {
    const { status, json } = await begin(extra);
    expect([status, json.error.details.path]).toEqual([400, path]);
  });

  it('keeps to the plan: the size of a file, and the quota of what is persisted', async () => {
    const key = 'rb_sandbox_free';
    const large = await begin({ size: 500 * 1024 ** 2 + 1 }, key);
    expect([large.status, large.json.error.code]).toEqual([413, 'FILE_TOO_LARGE']);
    await stage.harness.control('/account', { method: 'PUT', body: { key, limits: { storageBytes: 1500 } } });
    expect((await begin({ lifecycle: 'persisted' }, key)).status).toBe(201);
    const full = await begin({ lifecycle: 'persisted' }, key);
    expect([full.status, full.json.error.code]).toEqual([402, 'STORAGE_QUOTA_EXCEEDED']);
    expect((await begin({}, key)).status).toBe(201);
  });

  it('expires after a day when it is ephemeral, and not when it is persisted', async () => {
    const [short, long] = [await uploaded(), await uploaded({ lifecycle: 'persisted' })];
    stage.harness.clock.advance(24 * HOUR_MS);
    expect((await call(`/assets/${short.id}`)).status).toBe(404);
    expect((await call(withoutOrigin(short.url), { key: null })).status).toBe(404);
    expect((await call(`/assets/${long.id}`)).status).toBe(200);
  });

  it('belongs to its organization, is listed newest first, and can be deleted', async () => {
    const [first, second] = [await uploaded(), await uploaded()];
    const listed = (await call('/assets?limit=1')).json;
    expect([listed.data[0].id, listed.meta]).toEqual([second.id, { total: 2, limit: 1, offset: 0 }]);
    expect((await call(`/assets/${first.id}`, { key: 'rb_sandbox_other' })).status).toBe(404);
    expect((await call(`/assets/${first.id}`, { method: 'DELETE' })).status).toBe(200);
    expect((await call(withoutOrigin(first.url), { key: null })).status).toBe(404);
    await stage.harness.control('/reset', { body: { account: 'rb_sandbox' } });
    expect((await call('/assets')).json.meta.total).toBe(0);
    expect(stage.harness.service.defects).toEqual([]);
  });

  it('feeds a job, and makes it fail where it was sent without a content type', async () => {
    const { url } = await uploaded();
    const good = await stage.submit({ inputs: { 'in.mp4': url } });
    await finishRender(stage.harness);
    expect((await stage.read(good)).status).toBe('complete');

    const { json } = await begin();
    await put(json.upload.url, BYTES, {});
    const untyped = (await complete(json.data.id)).json.data;
    expect(untyped.contentType).toBe('application/json');
    const bad = await stage.submit({ inputs: { 'in.mp4': { url: untyped.url } } });
    await settle();
    stage.harness.clock.advance(1);
    await settle();
    expect((await stage.read(bad)).error).toMatchObject({
      code: 'INPUT_NOT_MEDIA',
      message: expect.stringContaining('Content-Type'),
    });
  });
});

describe('the upload host', () => {
  const link = async () => (await begin()).json.upload.url;
  const code = (text: string) => /<Code>(\w+)<\/Code>/.exec(text)?.[1];

  it.each([
    ['authorization', 'Bearer rb_sandbox'],
    ['x-api-key', 've_test_sandbox'],
  ])('refuses a call that brings an API key in %s, as S3 does', async (name, value) => {
    const answer = await put(await link(), BYTES, { ...TYPE, [name]: value });
    expect([answer.status, code(answer.text)]).toEqual([400, 'InvalidArgument']);
    expect(answer.text).not.toContain(value);
  });

  it('refuses a link that was changed, has expired, is used up or is for another method', async () => {
    const url = await link();
    const changed = await put(`${url}x`);
    expect([changed.status, code(changed.text)]).toEqual([403, 'SignatureDoesNotMatch']);
    const get = await stage.harness.storage(url);
    expect([get.status, code(get.text)]).toEqual([405, 'MethodNotAllowed']);
    const asset = await uploaded();
    const used = await put(url.replace(/asset_\w+/, asset.id));
    expect(code(used.text)).toBe('SignatureDoesNotMatch');
    stage.harness.clock.advance(6 * HOUR_MS);
    const late = await put(url);
    expect([late.status, code(late.text)]).toEqual([403, 'AccessDenied']);
  });

  it('takes no more than was announced', async () => {
    const answer = await put(await link(), new Uint8Array(1001));
    expect([answer.status, code(answer.text)]).toEqual([400, 'EntityTooLarge']);
  });

  it('closes with the upload', async () => {
    const { json } = await begin();
    await put(json.upload.url);
    await complete(json.data.id);
    const late = await put(json.upload.url);
    expect([late.status, code(late.text)]).toEqual([404, 'NoSuchUpload']);
  });

  it('suffers the transport faults of rules that name it, and no vendor code', async () => {
    const rule = { match: { path: '/_upload/*/1' }, do: { transport: 'html502' } };
    const url = await link();
    await stage.harness.control('/faults', { body: { match: { path: '/*' }, do: { code: 'RATE_LIMITED' } } });
    await stage.harness.control('/faults', { body: rule });
    expect((await put(url)).status).toBe(502);
    expect((await put(url)).status).toBe(200);
    expect((await call('/jobs')).json.error.code).toBe('RATE_LIMITED');
    const { requests } = (await stage.harness.control('/requests')).json;
    expect(requests.at(-3)).toMatchObject({
      method: 'PUT',
      path: expect.stringMatching(/^\/_upload\/asset_\w+\/1$/),
      status: 502,
      faultId: 'fault_2',
    });
    expect(JSON.stringify(requests)).not.toContain('Signature');
  });
});
