import type { Hono } from 'hono';
import type { CallEnv } from '../../service/front-door.ts';
import { sendFile } from '../../service/send-file.ts';
import type { SandboxService } from '../../service/service.ts';
import { uploadLink } from '../../service/upload-host.ts';
import { type Asset, mediaKindOf, viewAsset } from './asset.ts';
import type { Assets } from './assets.ts';
import { Refusal } from './errors.ts';
import { readInteger } from './job-list.ts';
import { parseObject } from './submit-body.ts';

/** Rendobar's upload routes: begin, complete, look, list, delete, and the content that jobs read. */
export function addAssetRoutes(app: Hono<CallEnv>, assets: Assets, service: SandboxService): void {
  const view = (asset: Asset) => viewAsset(asset, `${service.publicUrl()}/rendobar`);
  const data = (asset: Asset) => Response.json({ data: view(asset) });

  app.post('/assets', (c) => {
    const { asset, isDuplicate } = assets.begin(parseObject(c.get('body')), c.get('account'));
    if (isDuplicate) return Response.json({ status: 'deduplicated', data: view(asset) });
    return Response.json({ ...viewUpload(asset, service), data: view(asset) }, { status: 201 });
  });

  app.post('/assets/:id/complete', async (c) => {
    const text = c.get('body');
    const body = text.trim() === '' ? {} : parseObject(text);
    return data(await assets.complete(c.req.param('id'), body, c.get('account')));
  });

  app.get('/assets', (c) => {
    const { type, scope, ...page } = c.req.query();
    const limit = readInteger('limit', page.limit, 1, 100) ?? 50;
    const offset = readInteger('offset', page.offset, 0, Number.MAX_SAFE_INTEGER) ?? 0;
    const found = assets
      .ofAccount(c.get('account'))
      .filter((asset) => type === undefined || mediaKindOf(asset.contentType) === type)
      .filter(() => scope === undefined || scope === 'input');
    const meta = { total: found.length, limit, offset };
    return Response.json({ data: found.slice(offset, offset + limit).map(view), meta });
  });

  app.get('/assets/:id', (c) => data(assets.own(c.req.param('id'), c.get('account'))));

  app.delete('/assets/:id', (c) => {
    assets.remove(c.req.param('id'), c.get('account'));
    return Response.json({ data: { id: c.req.param('id'), deleted: true } });
  });

  // Open to whoever knows the unguessable id, as a job's input must be; whether the vendor asks for a key is unknown.
  app.get('/assets/:id/content', async (c) => {
    const asset = assets.ready(c.req.param('id'));
    const answer = asset?.stored && (await sendFile(asset.stored.path, asset.filename, c.req.raw, asset.contentType));
    if (!asset || !answer) throw new Refusal('NOT_FOUND', 'Asset not found.');
    return answer;
  });
}

/** What is still to be sent, and where. */
function viewUpload(asset: Asset, service: SandboxService) {
  const expiresAt = asset.linksExpireAt;
  const links = asset.slotIds.map((slotId) => uploadLink(slotId, expiresAt, service));
  if (!asset.isMultipart) return { status: 'presigned', upload: { method: 'PUT', url: links[0], expiresAt } };
  const parts = links.map((url, index) => ({ partNumber: index + 1, url }));
  return { status: 'multipart', upload: { uploadId: `up_${asset.id}`, partSize: asset.partSize, parts, expiresAt } };
}

const CONTENT_PATH = /\/rendobar\/assets\/(asset_[0-9a-f]+)\/content/g;

/** Ready assets that a text, such as a command or an input's URL, points at. */
export function assetsNamedIn(text: string, assets: Assets): readonly Asset[] {
  return [...text.matchAll(CONTENT_PATH)]
    .map(([, id]) => assets.ready(id ?? ''))
    .filter((asset) => asset !== undefined);
}
