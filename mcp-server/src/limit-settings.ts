import type { AccountLimits, RenderProvider } from '@renderq/core';

type Setting = readonly [limit: keyof AccountLimits, suffix: string];

const SETTINGS: readonly Setting[] = [
  ['requestsPerMinute', 'REQUESTS_PER_MINUTE'],
  ['concurrentJobs', 'CONCURRENT_JOBS'],
];

const variableOf = ({ id }: Pick<RenderProvider, 'id'>, suffix: string): string => `${id.toUpperCase()}_${suffix}`;

/** The variables that state the limits of an account's plan, by limit. */
export const limitVariables = (provider: Pick<RenderProvider, 'id'>): ReadonlyMap<string, string> =>
  new Map(SETTINGS.map(([limit, suffix]) => [limit, variableOf(provider, suffix)]));

/**
 * What the environment states of an account's plan; undefined where it states nothing. What is no number is passed on as
 * NaN, so that the first call refuses it by name: the server starts with any setting.
 */
export function readLimits(
  provider: Pick<RenderProvider, 'id'>,
  read: (name: string) => string | undefined,
): Partial<AccountLimits> | undefined {
  const stated = SETTINGS.flatMap(([limit, suffix]) => {
    const value = read(variableOf(provider, suffix));
    return value === undefined ? [] : [[limit, Number(value)]];
  });
  return stated.length === 0 ? undefined : Object.fromEntries(stated);
}
