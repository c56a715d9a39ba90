import type { RenderErrorCode } from '@renderq/core';
import type { Answer, Json, ToolCaller } from './caller.ts';
import { fromStructure, structureOf } from './read-error.ts';
import type { VendorRow } from './row-vendor.ts';
import { requestFor } from './rows.ts';
import { PROVIDERS, type Provider } from './vendor-dialects.ts';

/** A job that runs for ever. */
export const ENDLESS: readonly VendorRow[] = PROVIDERS.map((provider) => ({
  name: 'job/endless',
  provider,
  place: 'job',
  error: 'none',
}));

/** A call whose error is renderq's own: no vendor has spoken. */
export interface OwnError {
  readonly title: string;
  readonly code: RenderErrorCode;
  readonly field?: string;
  /** Whether the mistake is one that the tool's schema shows, which some clients refuse by themselves. */
  readonly inSchema?: true;
  run(caller: ToolCaller): Promise<Answer>;
}

const request = (provider: Provider): Json => requestFor({ provider, name: 'job/endless' });

async function submitEndless(caller: ToolCaller, provider: Provider, more: Json = {}): Promise<string> {
  const answer = await caller.call('submit_render', { provider, request: request(provider), ...more });
  const id = structureOf(answer).job?.id;
  if (id === undefined) throw new Error(`No job id in: ${answer.text}`);
  return id;
}

/** Errors of calls to a server whose accounts are in order. */
export const OWN_ERRORS: readonly OwnError[] = [
  {
    title: 'a job that does not exist',
    code: 'NOT_FOUND',
    field: 'jobId',
    run: (caller) => caller.call('get_job', { jobId: 'job_of_nobody' }),
  },
  {
    title: 'an argument that is missing',
    code: 'INVALID_REQUEST',
    field: 'jobId',
    inSchema: true,
    run: (caller) => caller.call('get_job', {}),
  },
  {
    title: 'a wait that is too long',
    code: 'INVALID_REQUEST',
    field: 'waitSeconds',
    inSchema: true,
    run: (caller) => caller.call('get_job', { jobId: 'job_of_nobody', waitSeconds: 99 }),
  },
  {
    title: 'a provider that does not exist',
    code: 'INVALID_REQUEST',
    field: 'provider',
    inSchema: true,
    run: (caller) => caller.call('submit_render', { provider: 'rendobr', request: request('rendobar') }),
  },
  {
    title: 'a request that the provider would refuse',
    code: 'INVALID_REQUEST',
    field: 'request.scenes',
    run: (caller) => caller.call('submit_render', { provider: 'phantomflow', request: { width: 320 } }),
  },
  {
    title: 'an idempotency key that belongs to another request',
    code: 'CONFLICT',
    field: 'idempotencyKey',
    async run(caller) {
      await submitEndless(caller, 'rendobar', { idempotencyKey: 'mine' });
      const other = { type: 'ffprobe', params: { command: 'ffprobe -i https://media.test/b.mp4' } };
      return caller.call('submit_render', { provider: 'rendobar', request: other, idempotencyKey: 'mine' });
    },
  },
  {
    title: 'a cancellation that the provider does not offer',
    code: 'PROVIDER_UNSUPPORTED',
    async run(caller) {
      const jobId = await submitEndless(caller, 'phantomflow', { idempotencyKey: 'endless' });
      await caller.call('get_job', { jobId, waitSeconds: 1 });
      return caller.call('cancel_job', { jobId });
    },
  },
];

/** Errors of calls to a server where one account has no key and the other's address is dead. */
export const ACCOUNT_ERRORS: readonly OwnError[] = [
  {
    title: 'a provider without a key',
    code: 'UNAUTHENTICATED',
    run: (caller) => caller.call('submit_render', { provider: 'rendobar', request: request('rendobar') }),
  },
  {
    title: 'a provider that cannot be reached, told while the job waits',
    code: 'NETWORK',
    // A request of its own: one that was submitted just before would be answered with the first job.
    async run(caller) {
      const unreachable = requestFor({ provider: 'phantomflow', name: 'job/unreachable' });
      let answer = await caller.call('submit_render', { provider: 'phantomflow', request: unreachable });
      const jobId = structureOf(answer).job?.id;
      // On a busy machine the first attempt may fail only after the submit was answered.
      for (let looks = 0; looks < 5 && !fromStructure(answer); looks += 1)
        answer = await caller.call('get_job', { jobId, waitSeconds: 1 });
      return answer;
    },
  },
];

/** Errors of calls to a server whose data folder cannot be one. */
export const STORE_ERRORS: readonly OwnError[] = [
  {
    title: 'a submit that cannot be kept',
    code: 'STORE_UNAVAILABLE',
    run: (caller) => caller.call('submit_render', { provider: 'rendobar', request: request('rendobar') }),
  },
];

/** A bounded wait that ends before its job: no error at all. */
export async function waitInVain(caller: ToolCaller): Promise<Answer> {
  const jobId = await submitEndless(caller, 'rendobar', { idempotencyKey: 'waited for' });
  return caller.call('get_job', { jobId, waitSeconds: 1 });
}
