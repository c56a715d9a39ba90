import * as v from 'valibot';
import { CALL_FIELDS, callOptions } from '../../arguments/call-options.ts';
import { options as optionsOf } from '../../arguments/check-argument.ts';
import { guard } from '../../arguments/guard.ts';
import { TEXT } from '../../arguments/rule.ts';
import type { CallOptions } from '../../contract/client.ts';
import { definedFields } from '../../decode/defined-fields.ts';
import { asObject, type JsonObject } from '../../decode/json-body.ts';
import { looseFlag, looseNumber, looseText, looseTime, readNumber, readText } from '../../decode/scalars.ts';
import { wireObject } from '../../decode/wire-object.ts';
import { typed } from '../../errors/internal.ts';
import { RenderError } from '../../errors/render-error.ts';
import type { HttpResponse } from '../../ports/http-transport.ts';
import type { Account } from '../../queue/account.ts';
import type { ApiCaller } from '../api-caller.ts';
import { apiQuery, readObject } from './resources.ts';

/** What a plan allows. A number that is absent was not told. */
export interface RendobarLimits {
  readonly concurrentJobs?: number;
  readonly maxQueuedJobs?: number;
  readonly apiRequestsPerMinute?: number;
  /** Seconds. */
  readonly maxJobTimeout?: number;
  /** Bytes. */
  readonly maxInputFileSize?: number;
  /** Bytes. */
  readonly storageQuota?: number;
  readonly outputRetentionDays?: number;
}

export interface RendobarPlan {
  readonly slug?: string;
  readonly name?: string;
  /** Dollars a month. */
  readonly price?: number;
}

/** Money of the organization (Rendobar credits page). Amounts in dollars. */
export interface RendobarBillingState {
  readonly balance?: number;
  readonly plan: RendobarPlan;
  readonly limits: RendobarLimits;
  readonly isPro?: boolean;
  readonly creditBonusRate?: number;
  readonly currentPeriodSpend?: number;
  readonly jobCount?: number;
  readonly subscription?: JsonObject;
  readonly upgradePlan?: JsonObject;
}

export interface RendobarUsageRow {
  readonly jobType?: string;
  /** `YYYY-MM-DD`, in the daily rows. */
  readonly date?: string;
  readonly jobCount?: number;
  /** Nanodollars. */
  readonly amountCharged?: number;
  readonly computeSeconds?: number;
}

/** What was used in a span of days. */
export interface RendobarUsage {
  readonly totalJobs?: number;
  /** Nanodollars. */
  readonly totalAmountCharged?: number;
  readonly totalAmountFormatted?: string;
  readonly totalComputeSeconds?: number;
  readonly byJobType: readonly RendobarUsageRow[];
  readonly daily: readonly RendobarUsageRow[];
}

export interface RendobarCapabilities {
  readonly plan: RendobarPlan;
  readonly limits: RendobarLimits;
  readonly features: JsonObject;
}

export interface RendobarOrganization {
  readonly id?: string;
  readonly name?: string;
  readonly slug?: string;
  /** Unix milliseconds. */
  readonly createdAt?: number;
  readonly plan: RendobarPlan;
}

/** The organization behind the API key. */
export interface RendobarAccount {
  /** Balance, plan and spending. */
  billing(options?: CallOptions): Promise<RendobarBillingState>;
  /** Usage from `start` to `end` (`YYYY-MM-DD`); without them, of this month so far. */
  usage(
    options?: CallOptions & { readonly start?: string | undefined; readonly end?: string | undefined },
  ): Promise<RendobarUsage>;
  /** Plan, limits and features; needs no scope. */
  capabilities(options?: CallOptions): Promise<RendobarCapabilities>;
  /** The organization itself: the cheapest proof that a key works. */
  organization(options?: CallOptions): Promise<RendobarOrganization>;
  /**
   * Reads the plan's limits and keeps to them from now on, in every client of this account in the process. Without it
   * the Free plan is assumed.
   */
  adoptLimits(options?: CallOptions): Promise<RendobarLimits>;
}

const wireLimits = wireObject({
  concurrentJobs: looseNumber,
  maxQueuedJobs: looseNumber,
  apiRequestsPerMinute: looseNumber,
  maxJobTimeout: looseNumber,
  maxInputFileSize: looseNumber,
  storageQuota: looseNumber,
  outputRetentionDays: looseNumber,
});
const wirePlan = wireObject({ slug: looseText, name: looseText, price: looseNumber });
const wireOrg = wireObject({ id: looseText, name: looseText, slug: looseText, createdAt: looseTime });
const wireFlags = wireObject({ isPro: looseFlag, creditBonusRate: looseNumber });
const wireTotals = wireObject({
  totalJobs: looseNumber,
  totalAmountCharged: looseNumber,
  totalAmountFormatted: looseText,
  totalComputeSeconds: looseNumber,
});
const wireRow = wireObject({
  jobType: looseText,
  date: looseText,
  jobCount: looseNumber,
  amountCharged: looseNumber,
  computeSeconds: looseNumber,
});

export function createAccountInfo(account: Account, call: ApiCaller): RendobarAccount {
  const get = <T>(path: string, options: CallOptions | undefined, read: (response: HttpResponse) => T) =>
    typed(() => call({ method: 'GET', path }, { options, read }));
  const capabilities = (options?: CallOptions) => get('/account/capabilities', options, readCapabilities);
  const info: RendobarAccount = {
    billing: (options) => get('/billing/state', options, readBilling),
    usage: ({ start, end, ...options } = {}) =>
      typed(async () => {
        const query = apiQuery({ start: checkDay('start', start), end: checkDay('end', end) });
        return get(`/billing/usage${query}`, options, readUsage);
      }),
    capabilities,
    organization: (options) => get('/orgs/current', options, readOrganization),
    adoptLimits: (options) =>
      typed(async () => {
        const { limits } = await capabilities(options);
        // Some editions of this answer leave the request rate to the billing state.
        const { apiRequestsPerMinute = await rateOf(options), ...rest } = limits;
        account.setLimits(
          definedFields({
            concurrentJobs: atLeastOne(rest.concurrentJobs),
            requestsPerMinute: atLeastOne(apiRequestsPerMinute),
          }),
        );
        return { ...rest, ...definedFields({ apiRequestsPerMinute }) };
      }),
  };
  return guard(info, {
    billing: [callOptions],
    usage: [optionsOf({ ...CALL_FIELDS, start: TEXT, end: TEXT })],
    capabilities: [callOptions],
    organization: [callOptions],
    adoptLimits: [callOptions],
  });

  async function rateOf(options?: CallOptions): Promise<number | undefined> {
    return (await get('/billing/state', options, readBilling)).limits.apiRequestsPerMinute;
  }
}

function readBilling(response: HttpResponse): RendobarBillingState {
  const { balance, plan, usage, subscription, upgradePlan, ...state } = readObject(response);
  return {
    ...readPlan(plan),
    ...definedFields(v.parse(wireFlags, state)),
    ...definedFields({
      balance: readNumber(asObject(balance)?.amount ?? balance),
      currentPeriodSpend: readNumber(asObject(usage)?.currentPeriodSpend),
      jobCount: readNumber(asObject(usage)?.jobCount),
      subscription: asObject(subscription),
      upgradePlan: asObject(upgradePlan),
    }),
  };
}

function readCapabilities(response: HttpResponse): RendobarCapabilities {
  const { plan, limits, features } = readObject(response);
  return { ...readPlan(plan, limits), features: asObject(features) ?? {} };
}

function readOrganization(response: HttpResponse): RendobarOrganization {
  const answer = readObject(response);
  const { plan } = readPlan(answer.plan);
  return { ...definedFields(v.parse(wireOrg, asObject(answer.org) ?? answer)), plan };
}

/** The limits stand inside the plan or beside it. */
function readPlan(plan: unknown, limits = asObject(plan)?.limits) {
  return {
    plan: definedFields(v.parse(wirePlan, asObject(plan) ?? {})),
    limits: definedFields(v.parse(wireLimits, asObject(limits) ?? {})),
  };
}

function readUsage(response: HttpResponse): RendobarUsage {
  const { byJobType, daily, ...totals } = readObject(response);
  return { ...definedFields(v.parse(wireTotals, totals)), byJobType: readRows(byJobType), daily: readRows(daily) };
}

/** Rows as a list, or as an object by job type. */
function readRows(value: unknown): readonly RendobarUsageRow[] {
  if (Array.isArray(value)) return value.flatMap((row) => (asObject(row) ? [readRow(row)] : []));
  return Object.entries(asObject(value) ?? {}).flatMap(([jobType, row]) =>
    asObject(row) ? [{ jobType, ...readRow(row) }] : [],
  );
}

function readRow(row: unknown): RendobarUsageRow {
  return definedFields(v.parse(wireRow, row));
}

function atLeastOne(limit: number | undefined): number | undefined {
  return limit !== undefined && limit >= 1 ? Math.floor(limit) : undefined;
}

function checkDay(field: string, day: string | undefined): string | undefined {
  if (day === undefined || /^\d{4}-\d{2}-\d{2}$/.test(readText(day) ?? '')) return day;
  throw new RenderError({
    code: 'INVALID_REQUEST',
    message: `${field} must be a day like 2026-01-31.`,
    field,
    remedy: 'Pass the day as text, or leave it out.',
  });
}
