import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createHarness, finishRender, type Harness, settle } from '../service/__fixtures__/harness.ts';
import { createApp } from '../service/app.ts';
import type { PageState } from './client/page-state.ts';

let harness: Harness;
beforeEach(async () => {
  harness = await createHarness();
});
afterEach(() => harness.close());

const page = (path: string, headers: Readonly<Record<string, string>> = {}) =>
  harness.control(`/page${path}`, { headers });
const readState = async () => (await page('/state')).json as PageState;
const submitMovie = (script: object = {}) =>
  harness.phantomflow('/api/render', { body: { scenes: [{ duration: 2 }], ...script } });

/** Asks the service as a browser or a program does, past the harness's own paths. */
async function open(path: string, headers: Readonly<Record<string, string>>, withControlPlane = true) {
  const app = createApp(harness.service, { withControlPlane });
  return app.fetch(new Request(`http://sandbox.test${path}`, { headers }));
}

describe('the status page', () => {
  const BROWSER = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };

  it('is what a browser gets at /, and programs get JSON there as before', async () => {
    const html = await open('/', BROWSER);
    expect(html.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(html.headers.get('vary')).toBe('accept');
    expect(await html.text()).toContain('<title>renderq sandbox</title>');
    const json = await open('/', { accept: '*/*' });
    expect(await json.json()).toMatchObject({ name: 'renderq sandbox', rendobar: 'http://sandbox.test/rendobar' });
  });

  it('is not there where the control plane is off', async () => {
    const index = await open('/', BROWSER, false);
    expect(index.headers.get('content-type')).toContain('json');
    expect((await open('/_sandbox/page/state', {}, false)).status).toBe(404);
  });

  it('lets nothing of others in, runs no text as code and stands in no frame', async () => {
    const policy = (await open('/', BROWSER)).headers.get('content-security-policy') ?? '';
    for (const rule of [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "frame-ancestors 'none'",
      "require-trusted-types-for 'script'",
    ])
      expect(policy.split('; ')).toContain(rule);
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
  });

  it('names no script, style or picture of another place', async () => {
    const html = await (await open('/', BROWSER)).text();
    const places = [...html.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, place]) => place);
    expect(places.length).toBeGreaterThan(3);
    for (const place of places) expect(place).toMatch(/^(\/_sandbox\/page\/|#)/);
    expect(html).not.toMatch(/<script(?![^>]* src=)|<style|\son\w+=|style="/);
    expect((await page('/style.css')).text).not.toMatch(/url\(|@import/);
  });

  it('is refused to whoever reached this machine by a name of their own', async () => {
    for (const headers of [{ host: 'evil.example' }, { origin: 'https://evil.example' }]) {
      expect((await page('/state', headers)).status).toBe(403);
      expect((await page('/about', headers)).status).toBe(403);
    }
  });

  it.each(['..%2fpage-routes.js', '%2e%2e', 'main.ts', 'main.js.map', 'x'.repeat(300), '.tsbuildinfo'])(
    'serves browser scripts and no other file: not %s',
    async (name) => {
      expect((await page(`/client/${name}`)).status).toBe(404);
    },
  );
});

describe('the state', () => {
  it('offers a key for every plan, and shows what each account has in use', async () => {
    await submitMovie();
    await harness.renderer.started(1);
    const { accounts } = await readState();
    expect(accounts.map(({ key, plan }) => `${key} ${plan}`)).toEqual([
      'rb_sandbox Pro',
      'rb_sandbox_free Free',
      've_test_sandbox Pro',
      've_test_free Free',
      've_test_starter Starter',
      've_test_enterprise Enterprise',
    ]);
    expect(accounts.find(({ key }) => key === 've_test_sandbox')).toMatchObject({
      window: { used: 1, limit: 120, resetsAt: harness.clock.now() + 60_000 },
      slots: { active: 1, limit: 10, waiting: 0 },
      credits: 998,
    });
    expect(accounts[0]).toMatchObject({ window: { used: 0, resetsAt: null }, credits: 25 });
  });

  it('shows an account of one’s own key by its id, and never the key', async () => {
    await harness.phantomflow('/api/jobs', { key: 've_test_my_own_secret' });
    const { text } = await page('/state');
    expect(text).not.toContain('secret');
    const own = (JSON.parse(text) as PageState).accounts.at(-1);
    expect(own).toMatchObject({ id: expect.stringMatching(/^acc_/), window: { used: 1 } });
    expect(own).not.toHaveProperty('key');
  });

  it('stays small when a test suite opens an account for each test', async () => {
    for (let test = 0; test < 40; test += 1) await harness.phantomflow('/api/jobs', { key: `ve_test_suite${test}` });
    const { accounts } = await readState();
    expect(accounts).toHaveLength(18);
    expect(accounts.slice(6).every(({ window }) => window.used === 1)).toBe(true);
  });

  it('costs no request, stands in no journal and says not-modified until something happens', async () => {
    await submitMovie();
    const first = await page('/state');
    const etag = first.headers.get('etag') ?? '';
    for (let look = 0; look < 5; look += 1) expect((await page('/state', { 'if-none-match': etag })).status).toBe(304);
    await page('/about');
    const { requests, accounts } = await readState();
    expect(requests.total).toBe(1);
    expect(accounts.find(({ key }) => key === 've_test_sandbox')?.window.used).toBe(1);
    await harness.phantomflow('/api/jobs');
    expect((await page('/state', { 'if-none-match': etag })).status).toBe(200);
  });

  it('stays the same while only time passes, until a window ends', async () => {
    await harness.phantomflow('/api/jobs');
    const states = [await readState()];
    harness.clock.advance(0);
    states.push(await readState());
    expect(states[1]).toEqual(states[0]);
    harness.clock.advance(60_000);
    const { accounts, aheadMs } = await readState();
    expect([aheadMs, accounts[2]?.window]).toEqual([60_000, { used: 0, limit: 120, resetsAt: null }]);
  });

  it('shows a job from the first second to its file, without the place of the file', async () => {
    await submitMovie({ name: 'Autumn', width: 640, height: 360 });
    await harness.renderer.started(1);
    harness.renderer.pending[0]?.context.onProgress(0.4);
    expect((await readState()).jobs.shown[0]).toMatchObject({ title: 'Autumn', state: 'running', progress: 0.4 });
    await finishRender(harness, { durationSeconds: 2 });
    const { text } = await page('/state');
    expect((JSON.parse(text) as PageState).jobs.shown[0]).toMatchObject({
      state: 'complete',
      cost: 2,
      files: [{ name: 'movie.mp4', type: 'video', width: 320, durationSeconds: 2 }],
    });
    expect(text).not.toContain(harness.dataDir);
  });

  it('gives a failed job the code of its vendor, in words', async () => {
    const fault = { headers: { 'x-sandbox-fault': 'job:INPUT_FETCH_FAILED' } };
    const body = { type: 'ffmpeg', params: { command: '-i https://a.test/a.mp4?sig=hidden o.mp4' } };
    await harness.rendobar('/jobs', { body, ...fault });
    await settle();
    harness.clock.advance(1);
    await expect.poll(async () => (await readState()).jobs.shown[0]?.state, { interval: 5 }).toBe('failed');
    const { text } = await page('/state');
    expect(text).not.toContain('hidden');
    expect((JSON.parse(text) as PageState).jobs.shown[0]).toMatchObject({
      error: { code: 'INPUT_FETCH_FAILED', message: expect.stringMatching(/\w/) },
      rehearsed: true,
    });
  });

  it('shows the newest first, and says how many there are behind them', async () => {
    for (let call = 0; call < 210; call += 1) await harness.rendobar(`/jobs/job_${call}`);
    const { requests } = await readState();
    expect(requests.total).toBe(210);
    expect(requests.shown).toHaveLength(200);
    expect(requests.shown[0]).toMatchObject({ path: '/jobs/job_209', status: 404, code: 'NOT_FOUND' });
  });

  it('knows every code of both vendors with its meaning, and a fault for each', async () => {
    const { providers } = (await page('/about')).json;
    const [rendobar, phantomflow] = providers;
    expect([rendobar.answers.length, phantomflow.answers.length]).toEqual([27, 13]);
    for (const { answers, faults } of providers) {
      for (const answer of answers)
        expect(answer).toMatchObject({ status: expect.any(Number), words: expect.stringMatching(/\w+ \w+/) });
      for (const { action } of faults.flatMap(({ effects }: { effects: object[] }) => effects)) {
        const match = { provider: rendobar.answers === answers ? 'rendobar' : 'phantomflow' };
        expect((await harness.control('/faults', { body: { match, do: action } })).status).toBe(201);
      }
    }
  });
});

describe('what a job made', () => {
  async function finishedJob(): Promise<string> {
    const { json } = await submitMovie();
    await finishRender(harness);
    return json.job_id;
  }

  it('is served with no power but to be looked at, and journals nothing', async () => {
    const id = await finishedJob();
    const file = await page(`/jobs/${id}/files/0`, { range: 'bytes=0-7' });
    expect([file.status, file.text]).toEqual([206, 'rendered']);
    expect(file.headers.get('content-security-policy')).toMatch(/^default-src 'none';.*; sandbox allow-same-origin$/);
    expect(file.headers.get('cross-origin-resource-policy')).toBe('same-origin');
    expect(file.headers.get('x-content-type-options')).toBe('nosniff');
    expect((await readState()).requests.total).toBe(1);
  });

  it.each(['1', '-1', 'abc', 'length', '__proto__', '0.5'])('has no file number %s', async (index) => {
    const id = await finishedJob();
    expect((await page(`/jobs/${id}/files/${index}`)).status).toBe(404);
  });

  it('has a log in plain text: what happened when, and FFmpeg’s own words', async () => {
    const { json } = await submitMovie({ name: 'Autumn' });
    await harness.renderer.started(1);
    const { RenderFault } = await import('../engine/renderer.ts');
    harness.renderer.pending[0]?.fail(new RenderFault('failed', 'FFmpeg stopped.', 'Invalid data found'));
    await expect.poll(async () => (await readState()).jobs.shown[0]?.state, { interval: 5 }).toBe('failed');
    const log = await page(`/jobs/${json.job_id}/log`);
    expect(log.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    for (const words of ['Autumn', 'accepted', 'started', 'RENDER_FAILED: FFmpeg stopped.', 'Invalid data found']) {
      expect(log.text).toContain(words);
    }
    expect((await page('/jobs/none/log')).status).toBe(404);
  });
});
