import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Page } from 'playwright-core';
import type { N8nClient } from './n8n-client.ts';

/** n8n's editor in a real browser, signed in. */
export interface Editor {
  readonly page: Page;
  /** Hosts other than this machine that the page asked for. */
  readonly outsideHosts: ReadonlySet<string>;
  openWorkflow(id: string): Promise<void>;
  close(): Promise<void>;
}

export async function openEditor(n8n: N8nClient, program: string): Promise<Editor> {
  const profile = await mkdtemp(join(tmpdir(), 'renderq-editor-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: program,
    viewport: { width: 1440, height: 900 },
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
  const page = await context.newPage();
  const outsideHosts = new Set<string>();
  page.on('request', (request) => {
    const { protocol, hostname } = new URL(request.url());
    if (/^(http|ws)/.test(protocol) && hostname !== '127.0.0.1') outsideHosts.add(hostname);
  });
  const close = async () => {
    await context.close();
    await rm(profile, { recursive: true, force: true });
  };
  try {
    await page.goto(`${n8n.url}/signin`);
    await page.locator('input[type=email], [data-test-id="emailOrLdapLoginId"] input').first().fill(n8n.email);
    await page.locator('input[type=password]').fill(n8n.password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.waitForURL((url) => !url.pathname.includes('signin'));
  } catch (error) {
    await close();
    throw error;
  }
  return {
    page,
    outsideHosts,
    async openWorkflow(id) {
      await page.goto(`${n8n.url}/workflow/${id}`);
      await page.locator('[data-test-id="canvas-node"]').first().waitFor();
    },
    close,
  };
}
