/// <reference lib="dom" />
import { startSandbox } from '@renderq/sandbox';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { faintTexts } from './contrast.ts';
import { findBrowser, NO_BROWSER } from './find-browser.ts';
import { openStage, type Stage } from './page-stage.ts';

const hasBrowser = findBrowser() !== undefined;
const NARROW = { width: 360, height: 740 };

const movie = (text: string, extra: object = {}) => ({
  width: 320,
  height: 180,
  fps: 10,
  scenes: [{ duration: 1, background: '#b4532a', elements: [{ type: 'text', text }] }],
  ...extra,
});
const command = (line: string) => ({ type: 'ffmpeg', params: { command: line } });

// A skipped file prints none of its titles.
if (!hasBrowser) process.stderr.write(`${NO_BROWSER}\n`);

describe.skipIf(!hasBrowser)('the status page in a real browser', () => {
  let stage: Stage;
  const pages: Page[] = [];
  const open = async (...options: Parameters<Stage['open']>) => {
    const looked = await stage.open(...options);
    pages.push(looked.page);
    return looked;
  };
  /** The rows of the job list, newest first. */
  const jobs = (page: Page) => page.getByRole('region', { name: 'Jobs' }).getByRole('listitem');
  const hang = (progress: number) =>
    stage.control('POST', '/faults', { match: { provider: 'rendobar' }, do: { hang: 'running', progress } });

  beforeAll(async () => {
    stage = await openStage();
    await stage.sandbox.engine;
  });
  beforeEach(() => stage.control('POST', '/reset'));
  afterEach(async () => {
    await Promise.all(pages.splice(0).map((page) => page.context().close()));
  });
  afterAll(() => stage?.close());

  describe('jobs', () => {
    it('shows a job become a film that can be looked at, without a reload', async () => {
      const { page, complaints } = await open();
      await page.getByText('No jobs yet').waitFor();
      await stage.phantomflow('/api/render', movie('Autumn sale'));
      const job = jobs(page).filter({ hasText: 'Autumn sale' });
      await job.getByText('Complete').waitFor({ timeout: 60_000 });
      const film = job.locator('video');
      await expect
        .poll(() => film.evaluate((video: HTMLVideoElement) => video.videoWidth), { timeout: 10_000 })
        .toBe(320);
      const output = await job.getByRole('link', { name: /^Output/ }).getAttribute('href');
      const answer = await page.request.get(`${stage.sandbox.url}${output}`);
      expect([answer.status(), answer.headers()['content-type']]).toEqual([200, 'video/mp4']);
      expect(await jobs(page).first().textContent()).toContain('320 × 180, 1 scene, 1 s');
      // And by itself: the browser's own player must be given the film in spite of the headers that fence it in.
      const [player] = await Promise.all([
        page.waitForEvent('popup'),
        job.getByRole('link', { name: /^Output/ }).click(),
      ]);
      const shown = () => player.locator('video').evaluate((video: HTMLVideoElement) => video.videoWidth);
      await expect.poll(shown, { timeout: 10_000 }).toBe(320);
      expect(complaints).toEqual([]);
    });

    it('plays a film while the pointer is on its row', async () => {
      const { page } = await open();
      await stage.phantomflow('/api/render', movie('Look at me'));
      const film = jobs(page).locator('video');
      await film.waitFor({ timeout: 60_000 });
      await expect.poll(() => film.evaluate((video: HTMLVideoElement) => video.readyState)).toBeGreaterThan(1);
      expect(await film.evaluate((video: HTMLVideoElement) => video.paused)).toBe(true);
      await jobs(page).first().hover();
      await expect.poll(() => film.evaluate((video: HTMLVideoElement) => video.paused)).toBe(false);
      await page.getByRole('heading', { name: 'Requests' }).hover();
      await expect.poll(() => film.evaluate((video: HTMLVideoElement) => video.paused)).toBe(true);
    });

    it('shows how far a running job is', async () => {
      await hang(0.4);
      await stage.rendobar('/jobs', command('-i https://example.com/a.mp4 b.mp4'));
      const { page } = await open();
      const bar = jobs(page).getByRole('progressbar');
      expect(await bar.evaluate((progress: HTMLProgressElement) => progress.value)).toBe(0.4);
      await jobs(page).getByText('40 %').waitFor();
    });

    it('says why a job failed, and its log says it too', async () => {
      const fault = { 'x-sandbox-fault': 'job:INPUT_NOT_MEDIA' };
      await stage.rendobar('/jobs', command('-i https://example.com/a.mp4?sig=sesame b.mp4'), fault);
      const { page } = await open();
      const failed = jobs(page).filter({ hasText: 'INPUT_NOT_MEDIA' });
      await failed.getByText('An input is not media.').waitFor();
      const log = await failed.getByRole('link', { name: /^Log/ }).getAttribute('href');
      const text = await (await page.request.get(`${stage.sandbox.url}${log}`)).text();
      expect(text).toContain('INPUT_NOT_MEDIA');
      expect(text + (await page.content())).not.toContain('sesame');
    });
  });

  describe('texts of strangers', () => {
    const HOSTILE = `<img src=x onerror="window.pwned=1"><script>window.pwned=1</script>"'><svg onload=window.pwned=1>`;

    it('are shown as they are and never become markup', async () => {
      const { page, complaints } = await open();
      await stage.phantomflow('/api/render', movie(HOSTILE), { 'x-sandbox-fault': 'job:RENDER_FAILED' });
      await stage.rendobar('/jobs', command(`-i ${HOSTILE} out.mp4`), { 'x-sandbox-fault': 'job:RUNNER_ERROR' });
      await stage.rendobar(`/jobs/${encodeURIComponent(HOSTILE)}?q=${encodeURIComponent(HOSTILE)}`, undefined, {
        'user-agent': HOSTILE,
      });
      const failure = { match: { path: HOSTILE }, do: { code: 'GONE', message: HOSTILE }, times: 'always' };
      await stage.control('POST', '/faults', failure);
      await jobs(page).filter({ hasText: HOSTILE }).first().waitFor();
      await page.getByRole('row').filter({ hasText: HOSTILE }).first().waitFor();
      await page
        .getByRole('region', { name: /^Faults/ })
        .getByText(HOSTILE)
        .waitFor();
      const found = await page.evaluate(() => ({
        pwned: Reflect.get(window, 'pwned'),
        strangers: document.querySelectorAll('main img[src="x"], main script, main svg, main [onerror], main [onload]')
          .length,
      }));
      expect(found).toEqual({ pwned: undefined, strangers: 0 });
      expect(complaints).toEqual([]);
    });

    it('could not become markup even by a mistake of the page: the browser refuses it', async () => {
      const { page } = await open();
      const refusals = await page.evaluate(() => {
        const tried: string[] = [];
        const attempts = [
          () => {
            document.body.insertAdjacentHTML('beforeend', '<b>x</b>');
          },
          () => {
            document.createElement('script').text = 'window.pwned = 1';
          },
        ];
        for (const attempt of attempts) {
          try {
            attempt();
            tried.push('allowed');
          } catch (error) {
            tried.push(error instanceof TypeError ? 'refused' : String(error));
          }
        }
        return tried;
      });
      expect(refusals).toEqual(['refused', 'refused']);
    });
  });

  describe('looking', () => {
    it('is no request of any account and stands in no journal', async () => {
      const { page, complaints } = await open();
      const looks = () =>
        page.evaluate(
          () => performance.getEntriesByType('resource').filter(({ name }) => name.endsWith('/page/state')).length,
        );
      await expect.poll(looks, { timeout: 10_000 }).toBeGreaterThanOrEqual(3);
      expect(await stage.control('GET', '/requests')).toEqual({ requests: [] });
      expect(await stage.control('GET', `/account?key=${stage.sandbox.keys.rendobar}`)).toMatchObject({
        rate: { remaining: 600 },
      });
      expect(complaints).toEqual([]);
    });

    it('tells when the sandbox has gone, and goes on by itself when it is back', async () => {
      const first = await startSandbox();
      const { page } = await open();
      await page.goto(first.url);
      await page.getByText('live', { exact: true }).waitFor();
      const port = Number(new URL(first.url).port);
      await first.close();
      await page.getByRole('alert').filter({ hasText: 'does not answer' }).waitFor();
      const second = await startSandbox({ port });
      try {
        await page.getByText('live', { exact: true }).waitFor({ timeout: 10_000 });
        expect(await page.getByRole('alert').count()).toBe(0);
      } finally {
        await second.close();
      }
    });
  });

  describe('controls', () => {
    it('copy base URLs and keys with one click, and say so to eyes and ears', async () => {
      const { page } = await open({ permissions: ['clipboard-read', 'clipboard-write'] });
      const clipboard = () => page.evaluate(() => navigator.clipboard.readText());
      for (const [name, text] of [
        ['Copy PhantomFlow base URL', stage.sandbox.phantomflowUrl],
        ['Copy key rb_sandbox_free', 'rb_sandbox_free'],
      ] as const) {
        const button = page.getByRole('button', { name, exact: true });
        await button.click();
        await expect.poll(() => button.textContent()).toBe('Copied');
        await expect.poll(() => page.getByRole('status').textContent()).toBe(`Copied ${name.slice(5)}.`);
        expect(await clipboard()).toBe(text);
      }
    });

    it('add a fault by keyboard alone, show it at work, and remove it', async () => {
      const { page } = await open();
      await page.getByLabel('Provider', { exact: true }).focus();
      await page.keyboard.type('Phantom');
      await page.keyboard.press('Tab');
      await page.keyboard.type('CONCURRENCY');
      await page.keyboard.press('Tab');
      await page.keyboard.type('/api/jobs');
      await page.keyboard.press('Tab');
      await page.keyboard.press('ControlOrMeta+a');
      await page.keyboard.type('2');
      await page.keyboard.press('Enter');
      const faults = page.getByRole('region', { name: /^Faults/ });
      await faults.getByText('2 of 2 left').waitFor();
      const answer = await stage.phantomflow('/api/jobs');
      expect([answer.status, await answer.json()]).toMatchObject([
        429,
        { error: { code: 'CONCURRENCY_LIMIT_EXCEEDED' } },
      ]);
      await faults.getByText('1 of 2 left').waitFor();
      const call = page.getByRole('row').filter({ hasText: 'CONCURRENCY_LIMIT_EXCEEDED' });
      expect(await call.textContent()).toMatch(/GET \/api\/jobs.*429.*fault \d+/);
      await faults.getByRole('button', { name: /^Remove: / }).press('Enter');
      await faults.getByText('None: every call').waitFor();
      expect((await stage.phantomflow('/api/jobs')).status).toBe(200);
    });

    it('offer for each vendor the faults that it has', async () => {
      const { page } = await open();
      const effects = page.getByLabel('What happens');
      const codes = async () => (await effects.locator('option').allTextContents()).join(' ');
      expect(await codes()).toMatch(/INPUT_URL_BLOCKED \(400\).*job: DISPATCH_EXHAUSTED/);
      await page.getByLabel('Provider', { exact: true }).selectOption('PhantomFlow');
      expect(await codes()).toContain('TEMPLATE_NOT_FOUND (404)');
      expect(await codes()).not.toContain('INPUT_URL_BLOCKED');
    });

    it('say what is wrong with a fault that the sandbox refuses', async () => {
      const { page } = await open();
      await page.route('**/_sandbox/faults', (route) => route.continue({ postData: '{"do":{"code":"NOPE"}}' }));
      await page.getByRole('button', { name: 'Add the fault' }).click();
      await page.getByRole('alert').filter({ hasText: 'No such code' }).waitFor();
    });

    it('move the clock: a window that was used up is open again', async () => {
      for (let call = 0; call < 10; call += 1)
        await stage.phantomflow('/api/jobs', undefined, { 'x-api-key': 've_test_free' });
      const { page } = await open();
      const row = page.getByRole('row').filter({ hasText: 've_test_free' });
      await row.getByText('10 / 10').waitFor();
      await page.getByRole('button', { name: 'Forward by a minute' }).click();
      await row.getByText('0 / 10').waitFor();
      await page.getByText('1 min ahead').waitFor();
    });

    it('reset everything, but only after a second word', async () => {
      await stage.rendobar('/jobs/job_1');
      const { page } = await open();
      const rows = page.getByRole('row').filter({ hasText: '/jobs/job_1' });
      await rows.waitFor();
      await page.getByRole('button', { name: 'Reset', exact: true }).click();
      const dialog = page.getByRole('dialog', { name: 'Forget everything?' });
      await dialog.waitFor();
      await page.keyboard.press('Escape');
      await dialog.waitFor({ state: 'hidden' });
      expect(await rows.count()).toBe(1);
      await page.getByRole('button', { name: 'Reset', exact: true }).click();
      await page.getByRole('button', { name: 'Reset the sandbox' }).click();
      await page.getByText('No calls yet').waitFor();
      expect(await rows.count()).toBe(0);
    });

    it('keep the refused calls alone, on request', async () => {
      await stage.rendobar('/jobs');
      await stage.rendobar('/jobs/job_1');
      const { page } = await open();
      const calls = page.locator('#requests-list').getByRole('row');
      expect(await calls.count()).toBe(2);
      await page.getByLabel('refused only').check();
      expect(await calls.allTextContents()).toEqual([expect.stringContaining('404')]);
    });
  });

  describe('everybody can read it', () => {
    async function fill(): Promise<void> {
      await hang(0.7);
      await stage.rendobar('/jobs', command(`-i https://example.com/${'very-long-name-'.repeat(12)}.mp4 b.mp4`));
      await stage.phantomflow('/api/render', movie('W'.repeat(120)), { 'x-sandbox-fault': 'job:RENDER_FAILED' });
      await stage.rendobar(`/jobs/${'x'.repeat(120)}`, undefined, { 'user-agent': `client/${'9'.repeat(80)}` });
      await stage.phantomflow('/api/jobs', undefined, { 'x-api-key': `ve_test_${'k'.repeat(100)}` });
      await stage.control('POST', '/faults', {
        match: { provider: 'phantomflow', path: `/api/${'deep/'.repeat(30)}*` },
        do: { code: 'CONCURRENCY_LIMIT_EXCEEDED' },
      });
      await stage.control('POST', '/faults', { do: { transport: 'stall' }, times: 'always', match: { path: '/none' } });
    }

    it.each([360, 768, 1280, 1920])('at a width of %d pixels, with nothing cut off at the side', async (width) => {
      await fill();
      const { page } = await open({ viewport: { width, height: 800 } });
      await jobs(page).filter({ hasText: 'RENDER_FAILED' }).waitFor();
      const wide = await page.evaluate(() => {
        const scrolls = (node: Element) => node.closest('.scroll') !== null;
        const beyond = [...document.querySelectorAll('body *')].filter(
          (node) => !scrolls(node) && node.checkVisibility() && node.getBoundingClientRect().right > innerWidth + 0.5,
        );
        // A cell that is wider than its card lies under the card's neighbour.
        const spilt = [...document.querySelectorAll('.panel')].filter(
          (panel) => panel.scrollWidth > panel.clientWidth + 1,
        );
        return [
          document.documentElement.scrollWidth > innerWidth,
          ...[...beyond, ...spilt].map((node) => node.outerHTML.slice(0, 80)),
        ];
      });
      expect(wide).toEqual([false]);
    });

    it.each(['light', 'dark'] as const)('in %s colours, with contrast enough for every word', async (colorScheme) => {
      await fill();
      const { page } = await open({ colorScheme });
      await jobs(page).filter({ hasText: 'RENDER_FAILED' }).waitFor();
      expect(await faintTexts(page, 4.5)).toEqual([]);
      const ground = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
      expect(ground).toBe(colorScheme === 'dark' ? 'rgb(15, 18, 23)' : 'rgb(244, 245, 248)');
    });

    it('with a screen reader: landmarks, headings and a name for every control', async () => {
      await fill();
      const { page } = await open({ viewport: NARROW });
      await jobs(page).filter({ hasText: 'RENDER_FAILED' }).waitFor();
      for (const name of ['Accounts', 'Jobs', 'Requests', 'Clock', /^Faults/]) {
        expect(await page.getByRole('region', { name }).count(), String(name)).toBeGreaterThan(0);
      }
      for (const role of ['banner', 'main', 'status'] as const) expect(await page.getByRole(role).count()).toBe(1);
      const tree = await page.locator('body').ariaSnapshot();
      expect(tree).not.toMatch(
        /^\s*- (button|link|textbox|combobox|checkbox|spinbutton|meter|progressbar)( \[[^\]]*\])*:?$/m,
      );
      expect(tree).toMatch(/- heading "renderq sandbox" \[level=1\]/);
      const levels = [...tree.matchAll(/- heading .*\[level=(\d)\]/g)].map(([, level]) => Number(level));
      expect(levels.every((level, at) => at === 0 || level <= (levels[at - 1] ?? 0) + 1)).toBe(true);
    });

    it('by keyboard: the first stop leads past everything to the jobs, and no stop is invisible', async () => {
      await fill();
      const { page } = await open();
      await page.keyboard.press('Tab');
      expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Skip to the jobs');
      await page.keyboard.press('Enter');
      expect(await page.evaluate(() => document.activeElement?.id)).toBe('jobs');
      for (let stop = 0; stop < 12; stop += 1) {
        await page.keyboard.press('Tab');
        const ring = await page.evaluate(() => {
          const node = document.activeElement;
          return node && node !== document.body ? getComputedStyle(node).outlineStyle : 'left the page';
        });
        expect(ring).not.toBe('none');
      }
    });

    it('and an update moves nobody away from where they are', async () => {
      await fill();
      const { page } = await open();
      const link = jobs(page).filter({ hasText: 'RENDER_FAILED' }).getByRole('link', { name: /^Log/ });
      await link.focus();
      await stage.rendobar('/jobs', command('-i https://example.com/new.mp4 b.mp4'), {
        'x-sandbox-fault': 'job:RUNNER_ERROR',
      });
      await jobs(page).filter({ hasText: 'RUNNER_ERROR' }).waitFor();
      expect(await link.evaluate((node) => node === document.activeElement)).toBe(true);
    });

    it('and hears when a job has ended', async () => {
      const { page } = await open();
      await stage.phantomflow('/api/render', movie('Heard of'), { 'x-sandbox-fault': 'job:RENDER_FAILED' });
      await expect.poll(() => page.getByRole('status').textContent()).toBe('Job Heard of: Failed.');
    });
  });
});
