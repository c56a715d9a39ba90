import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { textTable } from './text-table.ts';

const RUNS = 3;
const ENGINES = ['native', 'wasm'] as const;
const SUBJECTS = ['renderq', 'plain FFmpeg'] as const;

/** What one engine costs under renderq and alone. */
export interface FilmRow {
  readonly engine: (typeof ENGINES)[number];
  readonly subject: (typeof SUBJECTS)[number];
  /** Median seconds of finished film for one second of processor time, everything included. */
  readonly filmPerCpuSecond: number;
  /** Beside the same film from plain FFmpeg on the same engine: 1 is as fast, 0.9 a tenth slower. */
  readonly ratio: number;
}

/** One render, as a child process prints it. */
export interface FilmSample {
  readonly filmSeconds: number;
  readonly cpuSeconds: number;
}

/**
 * Renders one film - two videos, a photograph, two changes of scene, a fading title, a logo, subtitles and sound - through
 * the sandbox, and with one FFmpeg call whose filter graph does the same work on the same sources. Processor time is
 * compared, not the clock: that is what a render costs, and other work on the machine changes it little. Subjects run in
 * turn, each in a process of its own that has rendered something small before. Needs Linux, which tells what ended
 * children used; elsewhere, and without a native FFmpeg, rows are left out.
 */
export function benchFilm(): readonly FilmRow[] {
  if (process.platform !== 'linux') return [];
  const folder = mkdtempSync(join(tmpdir(), 'bench-film-'));
  try {
    const engines = ENGINES.filter((engine) => engine === 'wasm' || hasNative());
    runChild('prepare', 'wasm', folder);
    const rows = engines.flatMap((engine) => {
      const samples = new Map(SUBJECTS.map((subject) => [subject, [] as number[]]));
      for (let round = 0; round < RUNS; round += 1) {
        for (const subject of SUBJECTS) {
          const { filmSeconds, cpuSeconds } = JSON.parse(runChild(subject, engine, folder)) as FilmSample;
          samples.get(subject)?.push(filmSeconds / cpuSeconds);
        }
      }
      const speeds = new Map([...samples].map(([subject, all]) => [subject, median(all)]));
      const alone = speeds.get('plain FFmpeg') ?? Number.NaN;
      return [...speeds].map(([subject, speed]) => ({
        engine,
        subject,
        filmPerCpuSecond: speed,
        ratio: speed / alone,
      }));
    });
    console.log(`\nSeconds of film for one second of processor time, 854x480 at 30 frames, median of ${RUNS}`);
    console.log(
      textTable(
        ['engine', 'subject', 'film s / CPU s', 'beside plain FFmpeg'],
        rows.map(({ engine, subject, filmPerCpuSecond, ratio }) => [
          engine,
          subject,
          filmPerCpuSecond.toFixed(2),
          ratio.toFixed(2),
        ]),
      ),
    );
    return rows;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function runChild(subject: string, engine: string, folder: string): string {
  const child = fileURLToPath(new URL('./film-child.ts', import.meta.url));
  return execFileSync(process.execPath, [child, subject, engine, folder], { encoding: 'utf8' });
}

function hasNative(): boolean {
  try {
    execFileSync(process.env.FFMPEG_PATH ?? 'ffmpeg', ['-version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
