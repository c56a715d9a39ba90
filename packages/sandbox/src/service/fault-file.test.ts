import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readFaultFile } from './fault-file.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fault-file-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function read(text: string) {
  const path = join(folder, 'faults.json');
  await writeFile(path, text);
  return readFaultFile(path);
}

describe('a fault file', () => {
  it('is a list of rules, or an object that holds one', async () => {
    const rules = [{ do: { code: 'RATE_LIMITED' }, times: 2 }, { delayMs: 10 }];
    expect(await read(JSON.stringify(rules))).toEqual(rules);
    expect(await read(JSON.stringify({ faults: rules }))).toEqual(rules);
  });

  it.each([
    ['{', /not valid JSON/],
    ['{"rules":[]}', /list of rules/],
    ['[{"delayMs":-1}]', /^faults\.0\.delayMs: /],
    ['[{"delayMs":1},{"match":{"nth":0}}]', /^faults\.1\.match\.nth: /],
    ['[{"do":{"transport":"explode"}}]', /^faults\.0\.do\.transport: .*half-json/],
  ])('with the text %s is refused with the place of the problem', async (text, message) => {
    await expect(read(text)).rejects.toThrow(message);
  });

  it('that is not there is named by what is wrong', async () => {
    await expect(readFaultFile(join(folder, 'none.json'))).rejects.toThrow('ENOENT');
  });
});
