import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome.exe'];
const ELSEWHERE = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

/** What a run says that has no browser. */
export const NO_BROWSER =
  'There is no Chromium on this machine, so the status page is not tested: install one, or name it in CHROMIUM_PATH.';

/** A Chromium of this machine, `CHROMIUM_PATH` first; undefined where there is none. */
export function findBrowser(env: Readonly<Record<string, string | undefined>> = process.env): string | undefined {
  const folders = (env.PATH ?? '').split(delimiter).filter(Boolean);
  const named = env.CHROMIUM_PATH === undefined ? [] : [env.CHROMIUM_PATH];
  const found = folders.flatMap((folder) => NAMES.map((name) => join(folder, name)));
  return [...named, ...found, ...ELSEWHERE].find(canRun);
}

function canRun(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
