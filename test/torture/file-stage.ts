import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { json, toBytes } from './answer.ts';
import { core } from './built-core.ts';
import { freshKey } from './play-scenario.ts';
import { leaksOf } from './secrets.ts';
import { type HeardRequest, type Script, type Step, startTortureServer } from './server.ts';
import { JOB_ID, SIGNATURE } from './vendor.ts';

/** Milliseconds without a byte after which a transfer has failed, and in which all of them must be over. */
const IDLE_MS = 400;
const LONGEST_MS = 12_000;

/** The film of every job here. */
export const FILM = Buffer.from(Array.from({ length: 4_096 }, (_, index) => (index * 37) % 253));
FILM.write('\0\0\0\x18ftypisom', 0, 'latin1');

/** What a file host knows of who asks. */
export interface FileScene {
  readonly apiKey: string;
  readonly request: HeardRequest;
  /** Of the file host. */
  readonly origin: string;
  /** A third server, which must never hear of the call. */
  readonly otherOrigin: string;
}

export interface FileScenario {
  readonly name: string;
  /** What the file host does with its nth request. */
  readonly answer: (scene: FileScene, index: number) => readonly Step[];
  /** The code that the download must end with; without one, the film must be saved. */
  readonly code?: string;
  /** Default: 1. */
  readonly requests?: number;
  /** Whether the link leads to the API's own host, where the key is sent. */
  readonly isAtHome?: boolean;
}

/** A job with this file, and everything else that a Rendobar API is asked for. */
function jobWith(url: string): Step[] {
  const file = { url, path: 'out.mp4', type: 'video', size: FILM.length };
  return [{ send: toBytes(json(200, { data: { id: JOB_ID, status: 'complete', output: { file } } })) }];
}

/**
 * Downloads the film to disk from a host that plays the scenario.
 * @returns what is wrong, in words; empty when everything is as promised.
 */
export async function playDownload(scenario: FileScenario): Promise<string[]> {
  const [api, storage, other] = await Promise.all([startTortureServer(), startTortureServer(), startTortureServer()]);
  const folder = await mkdtemp(join(tmpdir(), 'renderq-torture-'));
  const apiKey = freshKey();
  try {
    let asked = 0;
    const host: Script = (request) => {
      asked += 1;
      const scene = { apiKey, request, origin: storage.origin, otherOrigin: other.origin };
      return scenario.answer(scene, asked - 1);
    };
    const files = storage.open(host);
    const home = api.open((request, index) => {
      if (request.path.startsWith('/files/')) return host(request, index);
      const base = scenario.isAtHome ? home.baseUrl : files.baseUrl;
      return jobWith(`${base}/files/out.mp4?X-Amz-Signature=${SIGNATURE}`);
    });
    const client = core.createNodeRendobar({ apiKey, baseUrl: home.baseUrl, timeoutMs: 2_000 });
    const start = performance.now();
    const error: unknown = await client.jobs
      .download(JOB_ID, { idleTimeoutMs: IDLE_MS })
      .then(({ body }) => core.saveFile(body, join(folder, 'out.mp4')))
      .then(
        () => undefined,
        (reason: unknown) => reason,
      );
    const elapsed = performance.now() - start;
    const saved = await Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name))));
    const isSaved = saved.length === 1 && saved[0]?.equals(FILM) === true;
    const record = error instanceof core.RenderError ? error.record : undefined;
    const strangers = files.requests.filter(({ headers }) => JSON.stringify(headers).includes(apiKey));
    return [
      ...problemsOf(error, scenario.code, apiKey),
      error !== undefined && record?.jobId !== JOB_ID ? 'does not name the job' : '',
      (error === undefined ? isSaved : saved.length === 0)
        ? ''
        : `left ${saved.map(({ length }) => length)} bytes on disk`,
      asked === (scenario.requests ?? 1) ? '' : `asked ${asked} times`,
      elapsed > LONGEST_MS ? `took ${Math.round(elapsed)} ms` : '',
      strangers.length > 0 ? 'sent the key to the file host' : '',
      other.connections() > 0 ? 'was led to a third host' : '',
    ].filter((problem) => problem !== '');
  } finally {
    await Promise.all([api.close(), storage.close(), other.close(), rm(folder, { recursive: true })]);
  }
}

/** What an upload met on its way: by default everything goes well. */
export interface UploadScenario {
  readonly name: string;
  /** The answer to POST /assets, by the link under which the bytes may be put. */
  readonly begin?: (link: string, scene: Pick<FileScene, 'apiKey' | 'otherOrigin'>) => readonly Step[];
  readonly put?: (index: number, scene: Pick<FileScene, 'apiKey'>) => readonly Step[];
  readonly complete?: (index: number, scene: Pick<FileScene, 'apiKey'>) => readonly Step[];
  readonly look?: (index: number) => readonly Step[];
  readonly code?: string;
  /** Assets that may have been begun. Default: 1. */
  readonly begun?: number;
}

const asset = (status: string) => ({ id: 'asset_7', status, contentType: 'video/mp4' });

export const assetTold = (status: string): Step[] => [{ send: toBytes(json(200, { data: asset(status) })) }];

/** The documented answer to POST /assets. */
export function uploadBegun(url: string): Step[] {
  const upload = { method: 'PUT', url, expiresAt: Date.now() + 3_600_000 };
  return [{ send: toBytes(json(201, { status: 'presigned', data: asset('pending'), upload })) }];
}

/** Uploads the film to a host that plays the scenario; as {@link playDownload}. */
export async function playUpload(scenario: UploadScenario): Promise<string[]> {
  const { begin = uploadBegun, complete = () => assetTold('ready'), look = () => assetTold('ready') } = scenario;
  const { put = () => [{ send: toBytes({ status: 200, headers: { etag: '"e"' }, body: '' }) }] } = scenario;
  const [api, storage, other] = await Promise.all([startTortureServer(), startTortureServer(), startTortureServer()]);
  const apiKey = freshKey();
  const scene = { apiKey, otherOrigin: other.origin };
  const asked = { begin: 0, complete: 0, look: 0 };
  try {
    const files = storage.open((_request, index) => put(index, scene));
    const home = api.open(({ method, path }) => {
      if (method === 'GET') return look(asked.look++);
      if (path.endsWith('/complete')) return complete(asked.complete++, scene);
      asked.begin += 1;
      return begin(`${files.baseUrl}/put?X-Amz-Signature=${SIGNATURE}`, scene);
    });
    const client = core.createNodeRendobar({ apiKey, baseUrl: home.baseUrl, timeoutMs: 600 });
    const start = performance.now();
    const error: unknown = await client.assets
      .upload(core.bytesSource(FILM, 'film.mp4'), { idleTimeoutMs: IDLE_MS, maxQueueMs: 0 })
      .then(
        ({ status }) => (status === 'ready' ? undefined : new Error(`gave an asset that is ${status}`)),
        (reason: unknown) => reason,
      );
    const elapsed = performance.now() - start;
    const strangers = files.requests.filter((request) => JSON.stringify(request).includes(apiKey));
    return [
      ...problemsOf(error, scenario.code, apiKey),
      asked.begin <= (scenario.begun ?? 1) ? '' : `began ${asked.begin} assets`,
      elapsed > LONGEST_MS ? `took ${Math.round(elapsed)} ms` : '',
      strangers.length > 0 ? 'sent the key to the storage' : '',
      other.connections() > 0 ? 'was led to a third host' : '',
    ].filter((problem) => problem !== '');
  } finally {
    await Promise.all([api.close(), storage.close(), other.close()]);
  }
}

function problemsOf(error: unknown, expected: string | undefined, apiKey: string): string[] {
  const isTyped = error === undefined || error instanceof core.RenderError;
  const code = error instanceof core.RenderError ? error.code : undefined;
  const leaks = leaksOf(error, { apiKey, signature: SIGNATURE });
  return [
    isTyped ? '' : `was rejected with something else: ${String(error)}`,
    code === expected ? '' : `came to ${code ?? 'a result'} instead of ${expected ?? 'a result'}: ${String(error)}`,
    leaks.length === 0 ? '' : `gave away ${leaks.join(', ')}`,
  ];
}
