import * as v from 'valibot';
import type { JobOutput, JobPage, JobSnapshot, RemoteJobState } from '../../contract/job.ts';
import { definedFields } from '../../decode/defined-fields.ts';
import { answeredIds, jobIn, readJobAnswer, readListAnswer, readSubmitAnswer } from '../../decode/job-answer.ts';
import { readJobError } from '../../decode/job-error.ts';
import { readJobState } from '../../decode/job-state.ts';
import { asObject, type JsonObject, parseJson } from '../../decode/json-body.ts';
import { readSchemaAnswer } from '../../decode/json-schema.ts';
import type { HttpResponse } from '../../ports/http-transport.ts';
import { PHANTOMFLOW_DIALECT } from './errors.ts';
import { type WireJob, wireJob } from './wire.ts';

const reader = { dialect: PHANTOMFLOW_DIALECT, idsOf, toSnapshot };

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

/** The job and the state that the body of a webhook claims; undefined where it names no job (PhantomFlow webhooks page). */
export function readNotice(
  rawBody: string,
): { readonly jobId: string; readonly claimedState: RemoteJobState } | undefined {
  const job = jobIn(parseJson(rawBody), idsOf);
  const [jobId] = job === undefined ? [] : idsOf(job);
  if (job === undefined || jobId === undefined) return undefined;
  const { status, state } = v.parse(wireJob, job);
  return { jobId, claimedState: readJobState(status ?? state ?? '') };
}

/** The schema itself, or the one wrapped under `data`, `schema` or `jsonSchema`. */
export function readSchema(response: HttpResponse): object {
  return readSchemaAnswer(PHANTOMFLOW_DIALECT, response, (body) => [
    asObject(body.jsonSchema),
    asObject(body.schema),
    body,
  ]);
}

function idsOf(job: JsonObject): readonly string[] {
  const { job_id, jobId, id } = v.parse(wireJob, job);
  return answeredIds([job_id, jobId, id]);
}

function toSnapshot(raw: JsonObject, id: string): JobSnapshot {
  const job = v.parse(wireJob, raw);
  const providerState = job.status ?? job.state ?? 'queued';
  const state = readJobState(providerState);
  const credits = job.credits_used ?? job.creditsUsed;
  return {
    provider: PHANTOMFLOW_DIALECT.provider,
    id,
    state,
    providerState,
    ...definedFields({
      progress: job.progress,
      warnings: job.warnings,
      createdAt: job.created_at ?? job.createdAt,
      startedAt: job.started_at ?? job.startedAt,
      completedAt: job.completed_at ?? job.completedAt ?? job.finished_at,
      output: toOutput(job),
      error: state === 'failed' ? readJobError(PHANTOMFLOW_DIALECT, raw, id, providerState) : undefined,
      cost: credits === undefined ? undefined : ({ amount: credits, unit: 'credits' } as const),
      estimatedCredits: job.estimated_credits ?? job.estimatedCredits,
      creditsRemaining: job.credits_remaining ?? job.creditsRemaining,
    }),
  };
}

function toOutput(job: WireJob): JobOutput | undefined {
  const result = job.output ?? job.result;
  const url = job.output_url ?? job.outputUrl ?? job.video_url ?? result?.output_url ?? result?.url ?? job.url;
  if (url === undefined) return undefined;
  const file = definedFields({
    durationSeconds: job.duration_seconds ?? job.durationSeconds ?? job.duration ?? result?.duration_seconds,
    width: job.width,
    height: job.height,
  });
  return { url, files: [{ url, type: 'video', ...file }], ...definedFields({ expiresAt: result?.expires_at }) };
}
