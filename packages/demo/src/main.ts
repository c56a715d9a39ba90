import { mkdir, writeFile } from 'node:fs/promises';
import { relative, resolve } from 'node:path';
import { MultiBar } from 'cli-progress';
import { COMMAND, contactSheetCommand, MOVIE } from './films.ts';
import { type Gateway, openGateway } from './gateway.ts';
import { nextSteps } from './next-steps.ts';
import { notEnoughCredits, rateLimit, wrongType } from './rehearsals.ts';
import { renderWithBar } from './render.ts';
import { controlOf } from './sandbox-control.ts';
import { bad, bold, dim, fact, good, heading, line, link } from './terminal.ts';

const outDir = resolve('out');

async function save(url: string, name: string): Promise<void> {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${name} could not be downloaded: ${answer.status}`);
  const bytes = new Uint8Array(await answer.arrayBuffer());
  const path = resolve(outDir, name);
  await writeFile(path, bytes);
  line(`${good('✓')} ${link(relative('.', path))} ${dim(`${Math.ceil(bytes.length / 1024)} kB`)}`);
}

function barsFor(): MultiBar {
  return new MultiBar({
    stream: process.stdout,
    format: '  {label} [{bar}] {percentage}% {state}',
    barsize: 28,
    hideCursor: true,
    // Without a terminal a redrawn bar is noise: one line every few seconds is enough.
    noTTYOutput: true,
    notTTYSchedule: 3000,
  });
}

async function introduce(gateway: Gateway): Promise<string> {
  const { providers } = await gateway.call('list_providers', {});
  const phantomflow = providers?.find(({ id }) => id === 'phantomflow');
  if (!providers || !phantomflow?.baseUrl) throw new Error('the server offers no sandbox');
  for (const { name, mode, engine } of providers) {
    fact(name, `${mode}${engine ? ` (FFmpeg ${engine.version}, ${engine.kind})` : ''}`);
  }
  if (phantomflow.engine?.reason) line(dim(phantomflow.engine.reason));
  return phantomflow.baseUrl;
}

/** Both films at the same time, then one picture of them; gives the URLs of all three. */
async function render(gateway: Gateway): Promise<Record<'movie' | 'clip' | 'sheet', string>> {
  const bars = barsFor();
  try {
    const [movie, clip] = await Promise.all([
      renderWithBar(gateway, bars, 'PhantomFlow: movie of three scenes', { provider: 'phantomflow', request: MOVIE }),
      renderWithBar(gateway, bars, 'Rendobar: ffmpeg command', { provider: 'rendobar', request: COMMAND }),
    ]);
    const request = contactSheetCommand(movie, clip);
    const sheet = await renderWithBar(gateway, bars, 'Rendobar: contact sheet of both', {
      provider: 'rendobar',
      request,
    });
    return { movie, clip, sheet };
  } finally {
    bars.stop();
  }
}

async function main(): Promise<void> {
  await mkdir(outDir, { recursive: true });
  console.log(bold('renderq') + dim(' · real renders through a real MCP client: no account, no key, no network'));
  await using gateway = await openGateway();

  heading('Providers');
  const baseUrl = await introduce(gateway);

  heading('Rendering');
  const { movie, clip, sheet } = await render(gateway);
  await save(movie, 'movie.mp4');
  await save(clip, 'clip.mp4');
  await save(sheet, 'contact-sheet.png');

  heading('Failures, rehearsed');
  const sandbox = controlOf(baseUrl);
  await wrongType(gateway);
  line();
  await notEnoughCredits(gateway, sandbox);
  line();
  await rateLimit(gateway, sandbox);

  nextSteps();
}

// A reader that has seen enough (`| head`) is no failure of the demo.
process.stdout.on('error', () => process.exit(0));

try {
  await main();
} catch (error) {
  console.error(`\n${bad('The demo stopped:')} ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
