import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findBrowser } from './find-browser.ts';
import { openStage, type Stage } from './page-stage.ts';

const SCRIPT = "fetch('/_sandbox/faults', { method: 'DELETE' })";
const ATTACKS = [
  ['text/html', `<script>${SCRIPT}</script>`],
  ['image/svg+xml', `<svg xmlns="http://www.w3.org/2000/svg"><script>${SCRIPT}</script></svg>`],
] as const;

describe.skipIf(findBrowser() === undefined)('an upload that is opened in a browser', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await openStage();
  });
  afterAll(() => stage.close());

  it.each(ATTACKS)('is saved and not run when it is %s', async (contentType, text) => {
    const filename = 'page';
    const begun = await (await stage.rendobar('/assets', { filename, size: text.length, contentType })).json();
    await fetch(begun.upload.url, { method: 'PUT', body: text, headers: { 'content-type': contentType } });
    const { data } = await (await stage.rendobar(`/assets/${begun.data.id}/complete`, {})).json();
    const { page } = await stage.open();
    const calls: string[] = [];
    page.on('request', (request) => calls.push(`${request.method()} ${new URL(request.url()).pathname}`));
    const saved = page.waitForEvent('download');
    await page.goto(data.url).catch(() => undefined);
    expect((await saved).suggestedFilename()).toMatch(/^page/);
    expect(calls).not.toContain('DELETE /_sandbox/faults');
    await page.context().close();
  });
});
