import { randomUUID } from 'node:crypto';
import { estimateSeconds } from '../../movie/movie-script.ts';
import type { Account } from '../../service/accounts.ts';
import type { JobFault } from '../../service/fault-rule.ts';
import type { Job } from '../../service/job.ts';
import type { SandboxService } from '../../service/service.ts';
import { Refusal } from './errors.ts';
import { movieRules } from './movie-rules.ts';
import { isRecord } from './templates.ts';
import { outputName, type PhantomFlowWire } from './views.ts';

/** Parses a request body. Throws INVALID_JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Refusal('INVALID_JSON', 'Request body is not valid JSON');
  }
}

export interface RenderCall {
  readonly script: unknown;
  readonly templateId?: string;
  readonly account: Account;
  readonly takeJobFault: () => JobFault | undefined;
}

/**
 * Accepts a movie script: schema, then concurrency, then credits - which of them the vendor checks first is unknown.
 * The estimate is taken here and settled when the job ends. Throws SCHEMA_VALIDATION_ERROR with the path of the first
 * problem, CONCURRENCY_LIMIT_EXCEEDED, or INSUFFICIENT_CREDITS with `required` and `balance`.
 */
export function submitRender(call: RenderCall, service: SandboxService): Job {
  const { account, script, templateId } = call;
  const problem = movieRules(service.strict).findProblem(script);
  if (problem || !isRecord(script)) {
    const { path = '', message = 'Expected object' } = problem ?? {};
    throw new Refusal('SCHEMA_VALIDATION_ERROR', message, path === '' ? {} : { path });
  }

  const { active, waiting } = service.jobs.counts(account.id);
  const { concurrentJobs, maxJobSeconds } = account.limits;
  if (active + waiting >= concurrentJobs) {
    throw new Refusal('CONCURRENCY_LIMIT_EXCEEDED', `Your plan allows ${concurrentJobs} concurrent render jobs`);
  }

  const estimatedCredits = Math.ceil(estimateSeconds(script));
  const reservation = account.ledger.reserve(estimatedCredits);
  if (!reservation) {
    const { balance } = account.ledger;
    throw new Refusal('INSUFFICIENT_CREDITS', `This render needs ${estimatedCredits} credits, you have ${balance}`, {
      required: estimatedCredits,
      balance,
    });
  }

  const fault = call.takeJobFault();
  const wire: PhantomFlowWire = {
    estimatedCredits,
    ...(typeof script.webhook_uri === 'string' ? { webhookUri: script.webhook_uri } : {}),
    ...(templateId === undefined ? {} : { templateId }),
  };
  return service.scheduler.submit({
    id: freshId(service),
    accountId: account.id,
    provider: 'phantomflow',
    type: templateId === undefined ? 'movie' : 'template',
    task: { kind: 'movie', movie: script },
    timeoutMs: maxJobSeconds * 1000,
    reservation,
    wire,
    ...(fault ? { fault } : {}),
  });
}

/** A UUID whose first eight characters, which name the output file, are taken by no other job. */
function freshId(service: SandboxService): string {
  for (;;) {
    const id = randomUUID();
    if (!findOutput(outputName(id), service)) return id;
  }
}

export function findOutput(fileName: string, service: SandboxService): Job | undefined {
  return service.jobs.all().find((job) => job.provider === 'phantomflow' && outputName(job.id) === fileName);
}
