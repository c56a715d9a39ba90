import { PROFILES } from '../../simulator/profiles.ts';
import { textTable } from '../text-table.ts';
import { averageOf, type Result } from './average.ts';
import { CONTESTANTS } from './contestants.ts';
import { COURSES, type Course } from './courses.ts';

export interface SchedulingOptions {
  readonly jobs: number;
  readonly seeds: number;
  /** Parts of names; without any, everything runs. */
  readonly plan?: string | undefined;
  readonly weather?: string | undefined;
  readonly client?: string | undefined;
}

export interface SchedulingRow {
  readonly course: Course;
  readonly client: string;
  readonly setting: string;
  readonly result: Result;
  /** Real milliseconds of one run. */
  readonly tookMs: number;
  /** What lost items were lost by, over all seeds. */
  readonly losses: Readonly<Record<string, number>>;
}

/** Every contestant on every course, printed course by course. */
export async function runSchedulingBench(options: SchedulingOptions): Promise<readonly SchedulingRow[]> {
  const { jobs, seeds, plan = '', weather = '', client = '' } = options;
  const rows: SchedulingRow[] = [];
  for (const course of COURSES) {
    if (!course.profile.includes(plan) || !course.weather.includes(weather)) continue;
    const { profile, meanSeconds } = course;
    const ofCourse: SchedulingRow[] = [];
    for (const { name, setting, play, isFor } of CONTESTANTS) {
      if (!name.includes(client) || isFor?.(PROFILES[profile]) === false) continue;
      const started = performance.now();
      const scores = [];
      for (let seed = 1; seed <= seeds; seed += 1) {
        scores.push(await play({ profile, meanSeconds, weather: course.weather, jobs, seed }));
      }
      const losses: Record<string, number> = {};
      for (const score of scores) {
        for (const [why, count] of Object.entries(score.losses)) losses[why] = (losses[why] ?? 0) + count;
      }
      const tookMs = (performance.now() - started) / seeds;
      ofCourse.push({ course, client: name, setting, result: averageOf(scores), tookMs, losses });
    }
    rows.push(...ofCourse);
    printCourse(course, jobs, seeds, ofCourse);
  }
  return rows;
}

function printCourse(course: Course, jobs: number, seeds: number, rows: readonly SchedulingRow[]): void {
  const [first] = rows;
  if (first === undefined) return;
  const minutes = (ms: number) => (ms / 60_000).toFixed(1);
  const seconds = (ms: number) => (Number.isNaN(ms) ? '-' : (ms / 1000).toFixed(1));
  const { physicalMs, pollAwareMs } = first.result;
  console.log(
    `\n${course.title}, ${course.weather}: ${jobs} jobs, ${seeds} seed${seeds === 1 ? '' : 's'}; ` +
      `physical limit ${minutes(physicalMs)} min, poll-aware limit ${minutes(pollAwareMs)} min`,
  );
  const heads = ['client', 'min', 'of phys.', 'of poll', 'req/job', '429 rate', '429 slot', 'full', 'lost', 'dup'];
  console.log(
    textTable(
      [...heads, 'wrong', 'delay s', 'p95 s'],
      rows.map(({ client, result }) => [
        client,
        minutes(result.makespanMs),
        result.efficiency.toFixed(3),
        result.pollAwareEfficiency.toFixed(3),
        result.requestsPerJob.toFixed(2),
        rounded(result.refusedRate),
        rounded(result.refusedSlots),
        rounded(result.queueFull),
        rounded(result.lost),
        rounded(result.duplicates),
        rounded(result.misassigned + result.untrue),
        seconds(result.meanDelayMs),
        seconds(result.p95DelayMs),
      ]),
    ),
  );
}

function rounded(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(1);
}
