import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Weather } from '../../simulator/faults.ts';
import { drawChart } from './chart.ts';
import type { SchedulingOptions, SchedulingRow } from './scheduling-bench.ts';

const TITLES: Readonly<Partial<Record<Weather, string>>> = {
  clean: 'Rendering a batch when all goes well',
  faulty: 'Rendering a batch with 3 % dropped connections and 3 % server errors',
};

/** Writes the numbers and one chart for each weather. The same code gives the same files. @returns their paths. */
export function publishScheduling(
  folder: string,
  rows: readonly SchedulingRow[],
  { jobs, seeds }: Pick<SchedulingOptions, 'jobs' | 'seeds'>,
): readonly string[] {
  mkdirSync(folder, { recursive: true });
  const numbers = rows.map(({ course, client, setting, result, losses }) => ({
    ...course,
    client,
    setting,
    ...result,
    losses,
  }));
  const files = new Map([['scheduling.json', `${JSON.stringify({ jobs, seeds, rows: numbers }, undefined, 2)}\n`]]);
  for (const weather of new Set(rows.map(({ course }) => course.weather))) {
    const ofWeather = rows.filter(({ course }) => course.weather === weather);
    const groups = [...new Set(ofWeather.map(({ course }) => course.title))].map((title) => ({
      title,
      rows: ofWeather.filter(({ course }) => course.title === title),
    }));
    const subtitle = `${jobs} jobs at once, ${seeds} seed${seeds === 1 ? '' : 's'}; shorter is better, 1.00 × cannot be beaten`;
    files.set(`scheduling-${weather}.svg`, drawChart(TITLES[weather] ?? weather, subtitle, groups));
  }
  return [...files].map(([name, text]) => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  });
}
