import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { core } from './built-core.ts';
import { playDownload, playUpload } from './file-stage.ts';
import { onAnAwakeMachine } from './play-scenario.ts';
import { DOWNLOAD_SCENARIOS } from './scenarios/downloads.ts';
import { UPLOAD_SCENARIOS } from './scenarios/uploads.ts';

beforeAll(() => {
  vi.spyOn(Math, 'random').mockReturnValue(0.2);
  core.nodePorts();
});

afterAll(() => void vi.restoreAllMocks());

describe.concurrent('a download is saved whole, or it ends typed, names its job and keeps the key', () => {
  it.each(DOWNLOAD_SCENARIOS)('$name', async (scenario) => {
    expect(await onAnAwakeMachine(() => playDownload(scenario))).toEqual([]);
  });
});

describe.concurrent('an upload gives an asset that is ready, or ends typed, with one asset begun', () => {
  it.each(UPLOAD_SCENARIOS)('$name', async (scenario) => {
    expect(await onAnAwakeMachine(() => playUpload(scenario))).toEqual([]);
  });
});
