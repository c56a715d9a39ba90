import type { Weather } from '../../simulator/faults.ts';
import type { ProfileName } from '../../simulator/profiles.ts';

/** One plan in one weather, with jobs of a length that fits it. */
export interface Course {
  readonly profile: ProfileName;
  readonly title: string;
  readonly meanSeconds: number;
  readonly weather: Weather;
}

const PLANS = [
  { profile: 'phantomflow-free', title: 'PhantomFlow Free, 45 s jobs', meanSeconds: 45 },
  { profile: 'phantomflow-starter', title: 'PhantomFlow Starter, 30 s jobs', meanSeconds: 30 },
  { profile: 'phantomflow-pro', title: 'PhantomFlow Pro, 30 s jobs', meanSeconds: 30 },
  { profile: 'rendobar-free', title: 'Rendobar Free, 30 s jobs', meanSeconds: 30 },
  { profile: 'rendobar-pro', title: 'Rendobar Pro, 30 s jobs', meanSeconds: 30 },
] as const;

export const COURSES: readonly Course[] = PLANS.flatMap((plan) =>
  (['clean', 'faulty'] as const).map((weather) => ({ ...plan, weather })),
);
