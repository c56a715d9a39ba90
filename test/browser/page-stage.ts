import { type Sandbox, type SandboxOptions, startSandbox } from '@renderq/sandbox';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { findBrowser } from './find-browser.ts';

/** A running sandbox and a real browser that looks at it. */
export interface Stage {
  readonly sandbox: Sandbox;
  /** Opens the status page and waits until it shows the present. */
  open(options?: BrowserContextOptions): Promise<LookedAt>;
  /** Calls the control plane. Throws when it refuses. */
  control(method: string, path: string, body?: object): Promise<unknown>;
  rendobar(path: string, body?: object, headers?: Readonly<Record<string, string>>): Promise<Response>;
  phantomflow(path: string, body?: object, headers?: Readonly<Record<string, string>>): Promise<Response>;
  close(): Promise<void>;
}

export interface LookedAt {
  readonly page: Page;
  /** Errors of the page: exceptions, refused loads, violations of its policy, requests to another place. */
  readonly complaints: readonly string[];
}

const DESKTOP = { width: 1280, height: 900 };

/** Starts both. The browser is one for a whole file: starting it takes longer than most tests. */
export async function openStage(options: SandboxOptions = {}): Promise<Stage> {
  const sandbox = await startSandbox(options);
  const browser = await launchBrowser();

  const call = (url: string, headers: Readonly<Record<string, string>>, body?: object) =>
    fetch(url, {
      headers: { 'content-type': 'application/json', ...headers },
      ...(body ? { method: 'POST', body: JSON.stringify(body) } : {}),
    });

  return {
    sandbox,
    async open(contextOptions = {}) {
      const context = await browser.newContext({ viewport: DESKTOP, ...contextOptions });
      const page = await context.newPage();
      const complaints = listen(page, sandbox.url);
      await page.goto(sandbox.url);
      await page.getByText('live', { exact: true }).waitFor();
      return { page, complaints };
    },
    async control(method, path, body) {
      const answer = await fetch(`${sandbox.url}/_sandbox${path}`, {
        method,
        ...(body ? { body: JSON.stringify(body) } : {}),
      });
      const text = await answer.text();
      if (!answer.ok) throw new Error(`The control plane answered ${answer.status}: ${text}`);
      return text === '' ? undefined : JSON.parse(text);
    },
    rendobar: (path, body, headers = {}) =>
      call(`${sandbox.rendobarUrl}${path}`, { authorization: `Bearer ${sandbox.keys.rendobar}`, ...headers }, body),
    phantomflow: (path, body, headers = {}) =>
      call(`${sandbox.phantomflowUrl}${path}`, { 'x-api-key': sandbox.keys.phantomflow, ...headers }, body),
    async close() {
      await browser.close();
      await sandbox.close();
    },
  };
}

async function launchBrowser(): Promise<Browser> {
  const executablePath = findBrowser();
  if (executablePath === undefined) throw new Error('There is no Chromium to launch.');
  // Chromium refuses its own sandbox to root, which is who runs tests in a container.
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return chromium.launch({ executablePath, args });
}

function listen(page: Page, origin: string): string[] {
  const complaints: string[] = [];
  page.on('pageerror', ({ message }) => complaints.push(`exception: ${message}`));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(`console: ${message.text()}`);
  });
  page.on('dialog', (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', (request) => {
    if (new URL(request.url()).origin !== origin) complaints.push(`request to ${request.url()}`);
  });
  return complaints;
}
