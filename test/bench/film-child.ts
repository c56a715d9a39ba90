// Prepares the sources of the film, or renders it once and prints what that cost, as one line of JSON.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createCanvas } from '@napi-rs/canvas';
import { startSandbox } from '@renderq/sandbox';
import { FILM, MOVIE, PLATES, plainArgs } from './film-graph.ts';

const [, , subject, engine, folder = '.'] = process.argv;
if (engine !== 'native' && engine !== 'wasm') throw new Error('Usage: film-child.ts <subject> native|wasm <folder>');

/** Seconds of processor time of this process, its threads and the children that have ended. */
function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  const ticks = readFileSync('/proc/self/stat', 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (user + system) / 1e6 + (Number(ticks[13]) + Number(ticks[14])) / 100;
}

async function withSandbox<T>(
  kind: 'native' | 'wasm',
  use: (render: (movie: object) => Promise<void>, command: (text: string) => Promise<Buffer>) => Promise<T>,
): Promise<T> {
  const sandbox = await startSandbox({ engine: kind, limits: { phantomflow: { requestsPerMinute: 6_000 } } });
  const ask = async (url: string, headers: Record<string, string>, body?: object) => {
    const answer = await fetch(url, { headers, ...(body && { method: 'POST', body: JSON.stringify(body) }) });
    if (!answer.ok) throw new Error(`${answer.status}: ${await answer.text()}`);
    return answer;
  };
  try {
    await sandbox.engine;
    return await use(
      async (movie) => {
        const headers = { 'x-api-key': sandbox.keys.phantomflow, 'content-type': 'application/json' };
        const sent = await ask(`${sandbox.phantomflowUrl}/api/render`, headers, movie);
        const { job_id: id } = (await sent.json()) as { job_id: string };
        for (;;) {
          await sleep(100);
          const job = (await (await ask(`${sandbox.phantomflowUrl}/api/jobs/${id}`, headers)).json()) as Job;
          if (job.status === 'completed') return;
          if (job.status === 'failed') throw new Error(JSON.stringify(job));
        }
      },
      async (command) => {
        const headers = { authorization: `Bearer ${sandbox.keys.rendobar}`, 'content-type': 'application/json' };
        const sent = await ask(`${sandbox.rendobarUrl}/jobs`, headers, { type: 'ffmpeg', params: { command } });
        const { data } = (await sent.json()) as { data: { id: string } };
        for (;;) {
          await sleep(100);
          const { data: job } = (await (await ask(`${sandbox.rendobarUrl}/jobs/${data.id}`, headers)).json()) as {
            data: { status: string; output?: { files?: readonly { url: string }[]; file?: { url: string } } };
          };
          if (job.status === 'failed') throw new Error(JSON.stringify(job));
          const url = job.output?.file?.url ?? job.output?.files?.[0]?.url;
          if (job.status === 'complete' && url) return Buffer.from(await (await fetch(url)).arrayBuffer());
        }
      },
    );
  } finally {
    await sandbox.close();
  }
}

interface Job {
  readonly status: string;
}

/** The sources as the sandbox itself has them, and the pictures that a person would have drawn. */
async function prepare(): Promise<void> {
  await withSandbox('wasm', async (_, command) => {
    const sources = { 'clip.mp4': '-c copy', 'song.mp3': '-c copy', 'photo.png': '' };
    for (const [name, how] of Object.entries(sources)) {
      const from = name.replace('.png', '.jpg');
      writeFileSync(join(folder, name), await command(`-i https://cdn.example.com/${from} ${how} ${name}`));
    }
  });
  for (const [name, [width, height]] of Object.entries(PLATES)) {
    const canvas = createCanvas(width, height);
    const pen = canvas.getContext('2d');
    pen.fillStyle = '#000000b3';
    pen.fillRect(0, 0, width, height);
    pen.fillStyle = '#ffffff';
    pen.fillRect(width / 8, height / 4, (width * 3) / 4, height / 2);
    writeFileSync(join(folder, name), canvas.toBuffer('image/png'));
  }
}

async function measureRenderq(kind: 'native' | 'wasm'): Promise<number> {
  return withSandbox(kind, async (render) => {
    await render({ ...MOVIE, scenes: [{ duration: 0.2, elements: [{ type: 'text', text: 'warm' }] }], elements: [] });
    const before = cpuSeconds();
    await render(MOVIE);
    return cpuSeconds() - before;
  });
}

function measureNative(): number {
  const before = cpuSeconds();
  const args = plainArgs('veryfast', Math.min(4, availableParallelism()), 'plain.mp4');
  execFileSync(process.env.FFMPEG_PATH ?? 'ffmpeg', ['-v', 'error', '-nostdin', '-y', ...args], { cwd: folder });
  return cpuSeconds() - before;
}

/** The WebAssembly build with nothing around it, its module compiled before the clock starts, as renderq has it too. */
async function measureWasm(): Promise<number> {
  const require = createRequire(import.meta.url);
  const glue = join(require.resolve('@ffmpeg/core'), '..', '..', 'umd', 'ffmpeg-core.js');
  const { WebAssembly } = globalThis as unknown as { WebAssembly: WasmApi };
  const module = await WebAssembly.compile(readFileSync(glue.replace('.js', '.wasm')));
  Object.assign(globalThis, { self: globalThis, location: { href: 'file:///' } });
  const before = cpuSeconds();
  const core = await require(glue)({
    instantiateWasm(imports: object, ready: (instance: object, module: object) => void) {
      WebAssembly.instantiate(module, imports).then((instance) => ready(instance, module));
      return {};
    },
  });
  for (const name of ['clip.mp4', 'song.mp3', 'photo.png', ...Object.keys(PLATES)])
    core.FS.writeFile(name, readFileSync(join(folder, name)));
  const code: number = core.exec('-v', 'error', '-y', ...plainArgs('ultrafast', 1, 'plain.mp4'));
  if (code !== 0) throw new Error(`FFmpeg ended with ${code}`);
  writeFileSync(join(folder, 'plain.mp4'), core.FS.readFile('plain.mp4'));
  return cpuSeconds() - before;
}

interface WasmApi {
  compile(bytes: Uint8Array): Promise<object>;
  instantiate(module: object, imports: object): Promise<object>;
}

if (subject === 'prepare') await prepare();
else {
  const cpu =
    subject === 'renderq' ? await measureRenderq(engine) : engine === 'native' ? measureNative() : await measureWasm();
  process.stdout.write(JSON.stringify({ filmSeconds: FILM.seconds, cpuSeconds: cpu }));
}
