import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SERVER_ENTRY, serverEnv } from '../journeys/mcp/server-process.ts';
import type { Target } from './caller.ts';

/** A key of each vendor, for servers whose vendors are not the real ones. */
export const KEYS = { RENDOBAR_API_KEY: 'rb_key_of_a_stranger', PHANTOMFLOW_API_KEY: 've_live_key_of_a_stranger' };

/** A fresh data folder, which the returned function removes. */
export function freshHome(): { readonly home: string; remove(): Promise<void> } {
  const home = mkdtempSync(join(tmpdir(), 'renderq-clients-'));
  return { home, remove: () => rm(home, { recursive: true, force: true, maxRetries: 5 }) };
}

/** The built server on stdio, in a data folder of the test's own. */
export function stdioServer(
  home: string,
  settings: Readonly<Record<string, string>>,
): Target & { readonly command: string } {
  return {
    command: process.execPath,
    args: [SERVER_ENTRY],
    env: serverEnv({ RENDERQ_HOME: home, ...KEYS, ...settings }),
  };
}
