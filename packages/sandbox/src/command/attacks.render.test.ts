import { readFileSync } from 'node:fs';
import { access, mkdir, mkdtemp, readdir, readFile, readlink, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { availableEngines } from '../engine/__fixtures__/render-rig.ts';
import { createRenderer } from '../engine/create-renderer.ts';
import type { Engine } from '../engine/engine.ts';
import { type Renderer, RenderFault } from '../engine/renderer.ts';
import { selectEngines } from '../engine/select-engine.ts';
import type { ResolveHost } from '../media/address-guard.ts';
import { loadCanvas } from '../media/canvas.ts';
import { tokenize } from './tokenize.ts';

/** One way to reach out of the work folder, and what tells that it worked. */
interface Attack {
  readonly name: string;
  readonly command: string;
  /** Files that the attacker brings along. */
  readonly files?: Readonly<Record<string, string>>;
  /** Means something to a shell, or stands in front of the command: an engine alone never sees it. */
  readonly shell?: true;
  /** Draws on black: whatever is bright in `drawn.png` came from a file. */
  readonly ground?: true;
  /** Needs a film with an attachment. */
  readonly attached?: true;
  /** Would run for ever, or until the machine has nothing left. */
  readonly endless?: true;
}

const corpus = <T>(path: string): readonly T[] => JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'));
const ATTACKS = corpus<Attack>('./corpus/attacks.json');
const FILTERS = corpus<string>('./corpus/disguised-filters.json');
const URLS = corpus<string>('../media/corpus/hostile-urls.json');

const MARK = 'TOPSECRET-4711';
const TIMEOUT_MS = 2_000;
/** Where a stage stands; a killed engine needs a moment, a loaded machine a longer one. */
const PATIENCE_MS = 6_000;

/** A machine in miniature: something to steal, somewhere to write, somebody to call. */
interface Stage {
  readonly workDir: string;
  fill(text: string): string;
  /** Everything that should not have happened. */
  damage(attack: Attack, said: string): Promise<readonly string[]>;
}

let base: string;
let stage: Stage;
let hits: string[];
const servers: Server[] = [];

async function listen(answer: (path: string) => string | undefined): Promise<string> {
  const server = createServer((request, response) => {
    const location = answer(request.url ?? '');
    if (location === undefined) response.end('#EXTM3U');
    else response.writeHead(302, { location }).end();
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

let victim: string;
let own: string;
beforeAll(async () => {
  hits = [];
  victim = await listen((path) => void hits.push(path));
  own = await listen((path) => (path === '/redirect' ? `${victim}/redirected` : undefined));
  // Rendering happens in this very process or below it: its environment is what an attacker would like to read.
  process.env.RENDERQ_TEST_MARK = MARK;
});
afterAll(() => {
  delete process.env.RENDERQ_TEST_MARK;
  for (const server of servers) server.close();
});

beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'attack-'));
  const [workDir, secret, outside] = ['job', 'secret', 'outside'].map((name) => join(base, name)) as [
    string,
    string,
    string,
  ];
  await Promise.all([workDir, secret, outside].map((folder) => mkdir(folder)));
  const { createCanvas } = await loadCanvas();
  const white = createCanvas(64, 64);
  const pen = white.getContext('2d');
  pen.fillStyle = '#ffffff';
  pen.fillRect(0, 0, 64, 64);
  await Promise.all([
    writeFile(join(secret, 'note.txt'), `${MARK}\n`.repeat(20)),
    writeFile(join(secret, 'note.srt'), `1\n00:00:00,000 --> 00:00:05,000\n${MARK}\n`),
    writeFile(join(secret, 'film.ts'), `G${MARK}`.repeat(100)),
    white.encode('png').then((png) => writeFile(join(secret, 'white.png'), png)),
  ]);
  hits.length = 0;
  stage = {
    workDir,
    fill: (text) =>
      text
        .replaceAll('{SECRET}', secret)
        .replaceAll('{OUTSIDE}', outside)
        .replaceAll('{SERVER}', victim)
        .replaceAll('{OWN}', own),
    async damage(attack, said) {
      const written = await readdir(outside);
      const leaks = await filesWith(workDir, MARK);
      return [
        ...written.map((name) => `wrote ${name}`),
        ...hits.map((path) => `called ${path}`),
        ...leaks.map((name) => `copied the secret to ${name}`),
        ...(said.includes(MARK) ? ['said the secret'] : []),
        ...(attack.ground === true && (await isBright(join(workDir, 'drawn.png'))) ? ['drew a file'] : []),
        ...(await processesIn(base)).map((command) => `left ${command} running`),
      ];
    },
  };
});
afterEach(() => rm(base, { recursive: true, force: true }));

async function filesWith(folder: string, mark: string): Promise<readonly string[]> {
  const names = await readdir(folder);
  const found = await Promise.all(
    names.map(async (name) => {
      const bytes = await readFile(join(folder, name)).catch(() => Buffer.alloc(0));
      return bytes.includes(mark) ? [name] : [];
    }),
  );
  return found.flat();
}

async function isBright(path: string): Promise<boolean> {
  const png = await readFile(path).catch(() => undefined);
  if (png === undefined || png.length === 0) return false;
  const { createCanvas, loadImage } = await loadCanvas();
  const image = await loadImage(png);
  const pen = createCanvas(image.width, image.height).getContext('2d');
  pen.drawImage(image, 0, 0);
  return pen.getImageData(0, 0, image.width, image.height).data.some((value, at) => at % 4 !== 3 && value > 128);
}

/** Programs that still run in a folder, where the system tells. */
async function processesIn(folder: string): Promise<readonly string[]> {
  if (process.platform !== 'linux') return [];
  const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    ids.map(async (id) => {
      const at = await readlink(`/proc/${id}/cwd`).catch(() => '');
      return at.startsWith(folder) ? [`process ${id}`] : [];
    }),
  );
  return found.flat();
}

const kindOf = (error: unknown) => (error instanceof RenderFault ? error.kind : String(error));
const saidBy = (error: unknown) =>
  error instanceof RenderFault ? `${error.message}\n${error.detail ?? ''}` : String(error);

describe.each(await availableEngines())('commands of strangers on %s', (kind) => {
  let renderer: Renderer;
  let engine: Engine;
  const resolveHost: ResolveHost = (host, answer) => {
    const all = host === 'mixed.example' ? ['93.184.216.34', '10.0.0.1'] : ['127.0.0.1'];
    answer(
      null,
      all.map((address) => ({ address, family: 4 })),
    );
  };
  beforeAll(async () => {
    renderer = await createRenderer({
      forceEngine: kind,
      ownPlace: (url: URL) => (url.origin === own ? 'media' : undefined),
      resolveHost,
    });
    engine = (await selectEngines({ pathEnv: process.env.PATH ?? '', forceEngine: kind })).untrusted;
  });
  afterAll(async () => {
    await renderer.close();
    await engine.close();
  });
  const render = (command: string, inputs = {}) =>
    renderer.renderCommand(
      { command, inputs },
      {
        workDir: stage.workDir,
        signal: new AbortController().signal,
        timeoutMs: TIMEOUT_MS,
        onProgress: () => undefined,
      },
    );

  it.each(ATTACKS.map((attack) => [attack.name, attack] as const))('gain nothing: %s', async (_, attack) => {
    const inputs = Object.fromEntries(
      Object.entries(attack.files ?? {}).map(([name, content]) => [name, { content: stage.fill(content) }]),
    );
    const begun = performance.now();
    const outcome = await render(stage.fill(attack.command), inputs).then(
      () => 'rendered',
      (error: unknown) => error,
    );
    // Refused for what it is, not because something broke; what only takes for ever is stopped by the clock or by FFmpeg.
    const refusals = ['invalid-command', 'source-blocked', 'source-not-media', 'engine-cannot'];
    expect(attack.endless === true ? [...refusals, 'timeout', 'failed'] : refusals).toContain(kindOf(outcome));
    expect(await stage.damage(attack, saidBy(outcome))).toEqual([]);
    expect(await readdir(stage.workDir)).toEqual([]);
    expect(performance.now() - begun).toBeLessThan(TIMEOUT_MS + PATIENCE_MS);
  });

  it('gain nothing by a filter in disguise', async () => {
    for (const graph of FILTERS) {
      const quoted = `'${graph.replaceAll("'", `'\\''`)}'`;
      const outcome = await render(`-f lavfi -i color=d=0.2 -vf ${quoted} out.mp4`).catch((error: unknown) => error);
      expect(outcome, graph).toMatchObject({ kind: 'invalid-command' });
    }
  });

  it('gain nothing by an address that leads inside', async () => {
    const { port } = new URL(victim);
    for (const address of URLS) {
      const url = address.replace('{PORT}', port);
      const outcome = await render(`-i ${url} out.mp4`).catch((error: unknown) => error);
      // What is no http address at all is refused before anything could fetch it.
      expect(['source-blocked', 'invalid-command'], url).toContain(kindOf(outcome));
      expect(saidBy(outcome)).not.toContain('secret@');
    }
    expect(hits).toEqual([]);
  });

  describe('without any check of ours, in a cage', () => {
    it.each(ATTACKS.filter(({ shell }) => shell !== true).map((attack) => [attack.name, attack] as const))(
      'gain nothing: %s',
      async (_, attack) => {
        if (!engine.confined) return;
        const stop = new AbortController();
        const clock = setTimeout(() => stop.abort(new RenderFault('timeout', 'stopped')), TIMEOUT_MS);
        for (const [name, content] of Object.entries(attack.files ?? {}))
          await writeFile(join(stage.workDir, name), stage.fill(content));
        const session = await engine.open({ workDir: stage.workDir, signal: stop.signal, maxOutputBytes: 50_000_000 });
        let said = '';
        try {
          if (attack.attached === true) {
            await writeFile(join(stage.workDir, 'attachment'), 'something');
            const made = '-f lavfi -i color=d=0.2 -attach attachment -metadata:s:t mimetype=text/plain attached.mkv';
            expect((await session.exec(made.split(' '))).exitCode).toBe(0);
            await access(join(stage.workDir, 'attached.mkv'));
          }
          const { log } = await session.exec(tokenize(stage.fill(attack.command)).map(({ text }) => text));
          said = log;
        } catch (error) {
          said = saidBy(error);
        } finally {
          clearTimeout(clock);
          await session.close();
        }
        expect(await stage.damage(attack, said)).toEqual([]);
      },
    );
  });
});
