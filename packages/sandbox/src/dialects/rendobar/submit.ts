import { randomBytes } from 'node:crypto';
import type { CommandTask } from '../../engine/renderer.ts';
import type { Account } from '../../service/accounts.ts';
import { isForced, type JobFault } from '../../service/fault-rule.ts';
import type { Job } from '../../service/job.ts';
import type { SandboxService } from '../../service/service.ts';
import { assetsNamedIn } from './asset-routes.ts';
import type { Assets } from './assets.ts';
import { RENDERED_TYPE } from './catalogue.ts';
import { buildCommandTask } from './command-task.ts';
import { Refusal } from './errors.ts';
import { viewFailure } from './job-errors.ts';
import { checkPlan, checkSubmitBody, parseObject } from './submit-body.ts';
import type { RendobarWire } from './views.ts';

export interface SubmitCall {
  readonly text: string;
  readonly account: Account;
  /** Who submits: the client's own word for itself. */
  readonly source: string;
  readonly takeJobFault: () => JobFault | undefined;
  /** Told of a new job before its render can start, so that its events come in order. */
  readonly onAccepted: (job: Job) => void;
}

export interface Submitted {
  readonly job: Job;
  readonly isReplay: boolean;
}

/**
 * POST /jobs after authentication and rate limit. Gates in the order of Rendobar's job page: plan, balance, schema,
 * and the backlog last. A bound idempotency key answers before all of them: its job exists already.
 */
export async function submitJob(call: SubmitCall, assets: Assets, service: SandboxService): Promise<Submitted> {
  const { account } = call;
  const body = parseObject(call.text);
  const bound = typeof body.idempotencyKey === 'string' ? boundJob(body.idempotencyKey, account, service) : undefined;
  if (bound) return { job: bound, isReplay: true };

  checkPlan(body, account);
  if (account.ledger.balance <= 0) throw new Refusal('INSUFFICIENT_CREDITS');
  const checked = checkSubmitBody(body);
  const isRendered = checked.type === RENDERED_TYPE;
  const command = isRendered ? await buildCommandTask(checked, account, service) : NO_COMMAND;
  // The engine was asked in between: another request with the same key may have been faster.
  const raced = checked.idempotencyKey && boundJob(checked.idempotencyKey, account, service);
  if (raced) return { job: raced, isReplay: true };
  refuseFullQueue(account, service);

  const fault = call.takeJobFault() ?? refusedInput(call.text, assets);
  if (!isRendered && !isForced(fault)) {
    throw new Refusal(
      'NOT_IMPLEMENTED',
      `The local sandbox renders "${RENDERED_TYPE}" jobs only, not "${checked.type}".`,
    );
  }
  const wire: RendobarWire = {
    body: checked,
    source: call.source,
    ...(checked.callback ? { callback: { status: 'pending' as const } } : {}),
  };
  const job = service.scheduler.submit({
    id: `job_${randomBytes(10).toString('hex')}`,
    accountId: account.id,
    provider: 'rendobar',
    type: checked.type,
    task: { kind: 'command', command },
    timeoutMs: (checked.params.timeout ?? account.limits.maxJobSeconds) * 1000,
    wire,
    ...(fault ? { fault } : {}),
  });
  if (checked.idempotencyKey) account.boundKeys.set(checked.idempotencyKey, job.id);
  call.onAccepted(job);
  return { job, isReplay: false };
}

/** For jobs of types that have no local engine: a fault rule ends them before there is anything to render. */
const NO_COMMAND: CommandTask = { command: '', inputs: {} };

/** Rendobar's Activepieces piece: bytes that were uploaded without a type are refused by the runner, not before. */
function refusedInput(text: string, assets: Assets): JobFault | undefined {
  const untyped = assetsNamedIn(text, assets).find(({ contentType }) => contentType === 'application/json');
  if (!untyped) return undefined;
  return {
    code: 'INPUT_NOT_MEDIA',
    message: `The asset ${untyped.id} is stored as ${untyped.contentType}. Send a Content-Type when you upload.`,
  };
}

/** The payload is not compared. A key whose job ended with a code that the API itself calls retryable is dead. */
function boundJob(key: string, account: Account, service: SandboxService): Job | undefined {
  const jobId = account.boundKeys.get(key);
  const job = jobId === undefined ? undefined : service.jobs.get(jobId);
  if (job?.state === 'failed' && job.failure && viewFailure(job.failure).retryable) {
    throw new Refusal('CONFLICT', 'This idempotency key is bound to a job that never ran. Use a new key.', {
      details: { jobId },
    });
  }
  return job;
}

/** Rendobar credits page: over the concurrency cap a job waits; over the backlog it is refused. */
function refuseFullQueue(account: Account, service: SandboxService): void {
  const { waiting, active } = service.jobs.counts(account.id);
  const { concurrentJobs, queuedJobs } = account.limits;
  if (active + waiting >= concurrentJobs + queuedJobs) {
    throw new Refusal('QUEUE_FULL', `${waiting} jobs are waiting, which is as many as your plan allows.`);
  }
}
