import { setTimeout as pause } from 'node:timers/promises';
import { createContext, runInContext } from 'node:vm';
import { gzipSync } from 'node:zlib';
import { rolldown } from 'rolldown';
import { beforeAll, describe, expect, it } from 'vitest';
import { BUILT_DOOR } from './built-core.ts';
import { COMPUTING_NAMES } from './computing-names.ts';
import { readModule } from './module-graph.ts';

/** What a host may have to load: well above what it is today, well below what a second library would make of it. */
const MOST_BYTES = { minified: 200_000, zipped: 68_000 };

/**
 * In a browser, @cfworker/json-schema takes the address of the page for the base of a schema that has none; it asks with
 * `typeof` first, and makes one up elsewhere.
 */
const ASKED_FOR_FIRST = new Set(['self', 'location']);

let readable: string;
let minified: string;

beforeAll(async () => {
  const bundle = await rolldown({
    input: BUILT_DOOR,
    platform: 'neutral',
    resolve: { mainFields: ['module', 'main'] },
    logLevel: 'silent',
  });
  const write = async (minify: boolean) => (await bundle.generate({ format: 'iife', name: 'renderq', minify })).output;
  const [[plain, ...more], [small]] = await Promise.all([write(false), write(true)]);
  if (more.length > 0 || small === undefined) throw new Error('The door is more than one file.');
  readable = plain.code;
  minified = small.code;
  await bundle.close();
});

/** Everything that a host gets with door ".", libraries included, as the bundler of an n8n node or of a browser makes it. */
describe('door "." of the built core in one file', () => {
  it('takes nothing from its host but what computes: no timer, socket, process, evaluator or global object', () => {
    for (const code of [readable, minified]) {
      const { free, imports, dynamic } = readModule('bundle.js', code);
      expect(free.filter((name) => !COMPUTING_NAMES.has(name) && !ASKED_FOR_FIRST.has(name))).toEqual([]);
      expect([imports, dynamic]).toEqual([[], 0]);
    }
  });

  it('makes no code out of text, by any name', () => {
    const code = readable.replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
    const evaluators =
      /\bnew\s+Function\b|\beval\s*\(|\bconstructor\s*\.\s*constructor\b|\bimport\s*\(|\brequire\s*\(/g;
    expect(code.match(evaluators)).toBeNull();
  });

  it('is small', () => {
    expect(minified.length).toBeLessThan(MOST_BYTES.minified);
    expect(gzipSync(minified).length).toBeLessThan(MOST_BYTES.zipped);
  });

  it('works in a realm that has nothing else, and where text cannot become code', async () => {
    const sent: string[] = [];
    const done = { id: 'job_1', status: 'complete', output: { file: { url: 'https://a.example/b' } } };
    const answers: Readonly<Record<string, unknown>> = {
      'GET /jobs/types/ffmpeg/schema': { type: 'ffmpeg', jsonSchema: { type: 'object', required: ['command'] } },
      'POST /jobs': { id: 'job_1', status: 'waiting' },
      'GET /jobs/job_1': done,
      'GET /jobs': [done],
    };
    const host = {
      async transport({ method, url }: { readonly method: string; readonly url: string }) {
        const call = `${method} ${new URL(url).pathname}`;
        sent.push(call);
        const headers = { 'content-type': 'application/json' };
        return { status: 200, headers, body: JSON.stringify({ data: answers[call] }) };
      },
      // Twenty times as fast as the real one.
      clock: {
        now: () => Math.round(Date.now() * 20),
        sleep: (ms: number, signal?: AbortSignal) => pause(ms / 20, undefined, { signal }),
      },
      random: () => 0.5,
      lanes: () => ({ run: (task: () => unknown) => task(), waiting: 0 }),
    };
    const realm = createContext(
      { host, URL, URLSearchParams, AbortController, AbortSignal, TextEncoder, TextDecoder, btoa, atob },
      { codeGeneration: { strings: false, wasm: false } },
    );
    runInContext(minified, realm);
    const told: unknown = await runInContext(
      `(async () => {
        const client = renderq.createRenderClient({ provider: 'rendobar', apiKey: 'rb_0123456789' }, host);
        const request = { type: 'ffmpeg', params: { command: 'ffmpeg -i in.mp4 out.mp4' } };
        const report = await client.validate(request);
        const job = await client.submit(request);
        const done = await client.wait(job.id, { timeoutMs: 600_000 });
        const bad = await client.get('a/b').catch((error) => error.code);
        return JSON.stringify([report.checkedAgainst, job.state, done.state, bad]);
      })()`,
      realm,
    );
    expect(JSON.parse(String(told))).toEqual(['live', 'queued', 'succeeded', 'INVALID_REQUEST']);
    expect(sent).toEqual(expect.arrayContaining(['GET /jobs/types/ffmpeg/schema', 'POST /jobs', 'GET /jobs/job_1']));
  });
});
