import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { type Behaviour, behaviour } from './behaviour.ts';
import { eventually, type SandboxTarget, type Target } from './target.ts';

const NODE = 'n8n node';
const HOUR_MS = 3_600_000;
const TYPE = { 'content-type': 'video/mp4' };

const BYTES = new Uint8Array(randomBytes(2500));
const CHECKSUM = createHash('sha256').update(BYTES).digest('hex');

const begin = (target: Target, extra: object = {}) =>
  target.call('/assets', { body: { filename: 'in.mp4', size: BYTES.length, contentType: 'video/mp4', ...extra } });
const put = (target: Target, url: string, body = BYTES, headers: Record<string, string> = TYPE) =>
  target.open(url, { method: 'PUT', body, headers });
const complete = (target: Target, id: string, body: object = {}) => target.call(`/assets/${id}/complete`, { body });

async function upload(target: Target, extra: object = {}, headers?: Record<string, string>) {
  const { json } = await begin(target, extra);
  await put(target, json.upload.url, BYTES, headers);
  return (await complete(target, json.data.id)).json.data;
}

export const RENDOBAR_UPLOADS: readonly Behaviour[] = [
  behaviour(
    'client-source',
    'A small file goes up in one PUT to a presigned link on another origin, and is ready once completed; that is repeatable.',
    NODE,
    async (target) => {
      const { json } = await begin(target);
      assert.deepEqual([json.status, json.upload.method, json.data.status], ['presigned', 'PUT', 'pending']);
      const { status, headers } = await put(target, json.upload.url);
      assert.deepEqual([status, headers.get('etag') !== null], [200, true]);
      const ready = await complete(target, json.data.id);
      assert.deepEqual([ready.json.data.status, ready.json.data.sizeBytes], ['ready', 2500]);
      assert.deepEqual((await complete(target, json.data.id)).json, ready.json);
      assert.notEqual(new URL(json.upload.url).origin, new URL(ready.json.data.url).origin);
    },
  ),
  behaviour(
    'client-source',
    'From 100 MB on a file goes up in parts of one size, each with its own link; the completion names their ETags.',
    'n8n node; ten megabytes a part are assumed',
    async (target) => {
      const large = (await begin(target, { size: 100 * 1024 ** 2 })).json;
      assert.deepEqual([large.status, large.upload.parts.length], ['multipart', 10]);
      await target.setAccount({ limits: { multipartFromBytes: 1000 } });
      const { json } = await begin(target, { checksum: CHECKSUM });
      const parts = [];
      for (const { partNumber, url } of json.upload.parts) {
        const bytes = BYTES.slice((partNumber - 1) * json.upload.partSize, partNumber * json.upload.partSize);
        parts.push({ partNumber, etag: (await put(target, url, bytes)).headers.get('etag') });
      }
      assert.equal((await complete(target, json.data.id, { parts: parts.slice(1) })).status, 400);
      assert.equal((await complete(target, json.data.id, { parts })).json.data.status, 'ready');
    },
  ),
  behaviour('client-source', 'Upload links last six hours.', NODE, async (target) => {
    const { json } = await begin(target);
    await target.advance(6 * HOUR_MS - 60_000);
    assert.equal((await put(target, json.upload.url)).status, 200);
    await target.advance(60_000);
    assert.equal((await put(target, json.upload.url)).status, 403);
  }),
  behaviour(
    'assumed',
    'The storage behind the links answers as S3 does, in XML, and refuses a call that brings the API key.',
    'clients are told to leave the key out; what happens otherwise is not told',
    async (target) => {
      const { json } = await begin(target);
      const refused = await put(target, json.upload.url, BYTES, { ...TYPE, authorization: 'Bearer rb_sandbox' });
      assert.deepEqual([refused.status, /<Code>InvalidArgument<\/Code>/.test(refused.text)], [400, true]);
    },
  ),
  behaviour(
    'client-source',
    'Content that the organization has ready under the same SHA-256 is not sent again: status deduplicated.',
    NODE,
    async (target) => {
      const { id } = await upload(target);
      const { json } = await begin(target, { checksum: CHECKSUM });
      assert.deepEqual([json.status, json.data.id, 'upload' in json], ['deduplicated', id, false]);
    },
  ),
  behaviour(
    'assumed',
    'A completion before the bytes have come is CONFLICT; bytes of another size or checksum are VALIDATION_ERROR.',
    'not told',
    async (target) => {
      const { json } = await begin(target, { checksum: '0'.repeat(64) });
      assert.equal((await complete(target, json.data.id)).json.error.code, 'CONFLICT');
      await put(target, json.upload.url);
      const { error } = (await complete(target, json.data.id)).json;
      assert.deepEqual([error.code, error.details.path], ['VALIDATION_ERROR', 'checksum']);
    },
  ),
  behaviour(
    'documented',
    'A file above the plan’s size is FILE_TOO_LARGE; persisted files above its storage, STORAGE_QUOTA_EXCEEDED.',
    'error and limits pages',
    async (target) => {
      await target.setAccount({ limits: { maxInputBytes: 3000, storageBytes: 4000 } });
      assert.equal((await begin(target, { size: 3001 })).json.error.code, 'FILE_TOO_LARGE');
      assert.equal((await begin(target, { lifecycle: 'persisted' })).status, 201);
      assert.equal((await begin(target, { lifecycle: 'persisted' })).json.error.code, 'STORAGE_QUOTA_EXCEEDED');
      assert.equal((await begin(target)).status, 201);
    },
  ),
  behaviour('client-source', 'An ephemeral asset lives 24 hours; a persisted one stays.', NODE, async (target) => {
    const [short, long] = [await upload(target), await upload(target, { lifecycle: 'persisted' })];
    await target.advance(24 * HOUR_MS);
    const statuses = [];
    for (const { id } of [short, long]) statuses.push((await target.call(`/assets/${id}`)).status);
    assert.deepEqual(statuses, [404, 200]);
  }),
  behaviour(
    'client-source',
    'An asset’s url is an input of any job.',
    'n8n node; that its content needs no key is assumed',
    async (target) => {
      assert.equal((await renderFrom(target, TYPE)).status, 'complete');
    },
  ),
  behaviour(
    'client-source',
    'Bytes sent without a Content-Type are stored as JSON, and the runner refuses them with INPUT_NOT_MEDIA.',
    'Activepieces piece; the code is assumed',
    async (target) => {
      const job = await renderFrom(target, {});
      assert.deepEqual([job.status, job.error.code], ['failed', 'INPUT_NOT_MEDIA']);
    },
  ),
];

/** Uploads a picture with these headers and makes a job of it. */
async function renderFrom(target: SandboxTarget, headers: Record<string, string>) {
  // A GIF of one pixel.
  const gif = new Uint8Array(Buffer.from('R0lGODdhAQABAIAAAP8AAAAAACwAAAAAAQABAAACAkQBADs=', 'base64'));
  const { json } = await begin(target, { filename: 'p.gif', size: gif.length, contentType: 'image/gif' });
  await put(target, json.upload.url, gif, Object.keys(headers).length > 0 ? { 'content-type': 'image/gif' } : {});
  const { url } = (await complete(target, json.data.id)).json.data;
  const body = { type: 'ffmpeg', inputs: { 'in.gif': url }, params: { command: 'ffmpeg -i in.gif out.png' } };
  const { id } = (await target.call('/jobs', { body })).json.data;
  return eventually(
    async () => (await target.call(`/jobs/${id}`)).json.data,
    ({ status }) => status === 'complete' || status === 'failed',
  );
}
