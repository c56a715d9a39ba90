import { type AccountLimits, cleanText, RenderError } from '@renderq/core';
import type { ICredentialDataDecryptedObject } from 'n8n-workflow';
import { PHANTOMFLOW_PLANS, RENDOBAR_PLANS, shareOfLimits } from './plan-limits.ts';

/** Whose account a node acts for, and which part of its limits this process may take. */
export interface AccountSettings {
  readonly apiKey: string;
  readonly baseUrl?: string;
  readonly limits: AccountLimits;
  /** What the provider signs its callbacks with, where it does. */
  readonly signingSecret?: string;
}

/** The credential types by provider. */
export const CREDENTIALS = { rendobar: 'rendobarApi', phantomflow: 'phantomFlowApi' } as const;

export type Vendor = keyof typeof CREDENTIALS;

const PLANS: Readonly<Record<Vendor, Readonly<Record<string, AccountLimits>> & { readonly free: AccountLimits }>> = {
  rendobar: RENDOBAR_PLANS,
  phantomflow: PHANTOMFLOW_PLANS,
};

/** What is needed to read a credential: any of n8n's function contexts. */
export interface CredentialSource {
  getCredentials(type: string): Promise<ICredentialDataDecryptedObject>;
}

/**
 * Reads the credential of a vendor. It stands apart from what sends requests, so that a reader sees what each may know.
 * @throws {RenderError} UNAUTHENTICATED with field `credentials` where n8n cannot give one.
 */
export async function readAccountSettings(source: CredentialSource, vendor: Vendor): Promise<AccountSettings> {
  const credential = await source.getCredentials(CREDENTIALS[vendor]).catch((error: unknown) => {
    throw noCredential(vendor, error);
  });
  const [apiKey, baseUrl, signingSecret] = [credential.apiKey, credential.baseUrl, credential.signingSecret].map(text);
  return {
    apiKey: apiKey ?? '',
    limits: shareOfLimits(limitsOf(credential, vendor), Number(credential.workerProcesses ?? 1)),
    ...(baseUrl && { baseUrl }),
    ...(signingSecret && { signingSecret }),
  };
}

function noCredential(vendor: Vendor, error: unknown): RenderError {
  const why = cleanText(error instanceof Error ? error.message : '', 200);
  return new RenderError({
    code: 'UNAUTHENTICATED',
    message: `n8n has no credential for this node: ${why}`,
    provider: vendor,
    field: 'credentials',
    remedy: 'Choose a credential in the node, and check that it still exists and may be used in this workflow.',
  });
}

/** Those of the plan; of one without numbers of its own, what the credential states. */
function limitsOf(credential: ICredentialDataDecryptedObject, vendor: Vendor): AccountLimits {
  const plans = PLANS[vendor];
  const plan = text(credential.plan) || 'free';
  if (Object.hasOwn(plans, plan)) return plans[plan] ?? plans.free;
  const stated = (value: unknown, otherwise: number) => (Number(value) >= 1 ? Math.trunc(Number(value)) : otherwise);
  return {
    requestsPerMinute: stated(credential.requestsPerMinute, plans.free.requestsPerMinute),
    concurrentJobs: stated(credential.concurrentJobs, plans.free.concurrentJobs),
  };
}

function text(value: unknown): string {
  return typeof value === 'string' ? value.trim() : '';
}
