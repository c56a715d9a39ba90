import * as v from 'valibot';
import type { JobCost, JobOutput, JobPage, JobSnapshot, OutputFile } from '../../contract/job.ts';
import { type DefinedFields, definedFields } from '../../decode/defined-fields.ts';
import { answeredIds, readJobAnswer, readListAnswer, readSubmitAnswer } from '../../decode/job-answer.ts';
import { readJobError } from '../../decode/job-error.ts';
import { readJobState } from '../../decode/job-state.ts';
import { asObject, type JsonObject } from '../../decode/json-body.ts';
import { readSchemaAnswer } from '../../decode/json-schema.ts';
import type { HttpResponse } from '../../ports/http-transport.ts';
import { RENDOBAR_DIALECT } from './errors.ts';
import type { RendobarJob } from './job.ts';
import { type WireFile, type WireJob, wireJob } from './wire.ts';

const reader = { dialect: RENDOBAR_DIALECT, idsOf, toSnapshot };

/** @throws {RenderError} BAD_RESPONSE without a job id, or the error that the answer carries instead of a job. */
export function readSubmitted(response: HttpResponse): JobSnapshot {
  return readSubmitAnswer(reader, response);
}

export function readJob(response: HttpResponse, jobId: string): JobSnapshot {
  return readJobAnswer(reader, response, jobId);
}

export function readList(response: HttpResponse): JobPage {
  return readListAnswer(reader, response);
}

/** `jsonSchema` inside the catalogue's entry of the job type. */
export function readSchema(response: HttpResponse): object {
  return readSchemaAnswer(RENDOBAR_DIALECT, response, (entry) => [asObject(entry.jsonSchema ?? entry.schema) ?? entry]);
}

function idsOf(job: JsonObject): readonly string[] {
  const { id, jobId, job_id } = v.parse(wireJob, job);
  return answeredIds([id, jobId, job_id]);
}

/** A job out of any object that holds its fields: an answer's or a webhook's. */
export function toSnapshot(raw: JsonObject, id: string): RendobarJob {
  const job = v.parse(wireJob, raw);
  const providerState = job.status ?? job.state ?? 'waiting';
  const state = readJobState(providerState);
  return {
    provider: RENDOBAR_DIALECT.provider,
    id,
    state,
    providerState,
    ...definedFields({
      progress: job.progress,
      warnings: job.warnings,
      createdAt: job.createdAt,
      startedAt: job.startedAt,
      completedAt: job.completedAt,
      output: toOutput(job),
      error: state === 'failed' ? readJobError(RENDOBAR_DIALECT, raw, id, providerState) : undefined,
      cost: toCost(job),
      replayed: job.idempotent,
      type: job.type ?? job.jobType,
      orgId: job.orgId,
      source: job.source,
      client: job.client,
      idempotencyKey: job.idempotencyKey,
      dispatchedAt: job.dispatchedAt,
      settledAt: job.settledAt,
      timeoutMs: job.timeoutMs,
      retryCount: job.retryCount,
      steps: listed(job.steps),
      callbackStatus: job.callback?.status,
      deliveries: listed(job.deliveries),
      failedPhase: job.error?.failedPhase ?? job.failedPhase,
      inputs: job.inputs,
      params: job.params,
      eta: job.eta ?? undefined,
      bootState: job.bootState,
      logsAvailable: job.logsAvailable,
      metricsAvailable: job.metricsAvailable,
      resourcesAvailable: job.resourcesAvailable,
      retentionExpiresAt: job.retentionExpiresAt,
      region: job.region,
      model: job.model,
      mediaType: job.mediaType,
      outputCategory: job.outputCategory,
      webUrl: job.webUrl,
    }),
  };
}

function listed<T extends object>(entries: readonly (T | undefined)[] | undefined): DefinedFields<T>[] | undefined {
  return entries?.flatMap((entry) => (entry === undefined ? [] : [definedFields(entry)]));
}

function toOutput({ output }: WireJob): JobOutput | undefined {
  if (output === undefined) return undefined;
  const main = output.file === undefined ? undefined : toFile(output.file);
  const listed = (output.files ?? []).flatMap((file) => (file === undefined ? [] : (toFile(file) ?? [])));
  const files = listed.length > 0 || main === undefined ? listed : [main];
  const url = main?.url ?? output.url;
  const data = output.data ?? undefined;
  if (url === undefined && files.length === 0 && data === undefined) return undefined;
  return { files, ...definedFields({ url, data, expiresAt: output.expiresAt }) };
}

function toFile(file: WireFile): OutputFile | undefined {
  if (file.url === undefined) return undefined;
  return {
    url: file.url,
    ...definedFields({
      name: file.path ?? file.name,
      type: file.type,
      sizeBytes: file.size,
      durationSeconds: file.meta?.durationMs === undefined ? undefined : file.meta.durationMs / 1000,
      width: file.meta?.width,
      height: file.meta?.height,
    }),
  };
}

function toCost({ cost }: WireJob): JobCost | undefined {
  if (cost?.amount === undefined) return undefined;
  return { amount: cost.amount, unit: 'nanodollars', ...definedFields({ formatted: cost.formatted }) };
}
