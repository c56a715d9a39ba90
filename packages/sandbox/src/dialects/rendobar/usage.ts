import type { Job } from '../../service/job.ts';
import { invalid } from './errors.ts';

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const dayOf = (time: number) => new Date(time).toISOString().slice(0, 10);

interface Sum {
  jobCount: number;
  /** Nanodollars. */
  amountCharged: number;
  computeSeconds: number;
}

/** GET /billing/usage: terminal jobs between two days, both included; month to date by default. Throws VALIDATION_ERROR. */
export function viewUsage(jobs: readonly Job[], query: Readonly<Record<string, string>>, now: number) {
  const start = readDay('start', query.start) ?? `${dayOf(now).slice(0, 7)}-01`;
  const end = readDay('end', query.end) ?? dayOf(now);
  const counted = jobs.filter(({ settledAt, createdAt }) => {
    const day = dayOf(createdAt);
    return settledAt !== undefined && day >= start && day <= end;
  });
  const total = sum(counted);
  return {
    totalJobs: total.jobCount,
    totalAmountCharged: total.amountCharged,
    totalAmountFormatted: dollars(total.amountCharged),
    totalComputeSeconds: total.computeSeconds,
    byJobType: Object.fromEntries(
      [...Map.groupBy(counted, ({ type }) => type)].map(([type, group]) => {
        const part = sum(group);
        return [type, { ...part, amountFormatted: dollars(part.amountCharged) }];
      }),
    ),
    daily: [...Map.groupBy(counted, ({ createdAt, type }) => `${dayOf(createdAt)} ${type}`)].map(([key, group]) => {
      const [date, jobType] = key.split(' ');
      return { date, jobType, ...sum(group) };
    }),
  };
}

function sum(jobs: readonly Job[]): Sum {
  const total: Sum = { jobCount: 0, amountCharged: 0, computeSeconds: 0 };
  for (const { cost = 0, startedAt, completedAt } of jobs) {
    total.jobCount += 1;
    total.amountCharged += cost;
    if (startedAt !== undefined && completedAt !== undefined) total.computeSeconds += (completedAt - startedAt) / 1000;
  }
  return total;
}

const dollars = (nanodollars: number) => `$${(nanodollars / 1e9).toFixed(2)}`;

function readDay(name: string, text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  if (!DAY.test(text) || Number.isNaN(Date.parse(text))) throw invalid(name, `${name} must be a day: YYYY-MM-DD.`);
  return text;
}
