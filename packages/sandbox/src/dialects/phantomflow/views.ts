import type { Job, JobState } from '../../service/job.ts';
import type { Template } from './templates.ts';
import { variablesOf } from './templates.ts';

/** What a PhantomFlow job keeps of its request. */
export interface PhantomFlowWire {
  readonly webhookUri?: string;
  readonly estimatedCredits: number;
  readonly templateId?: string;
}

export function wireOf(job: Job): PhantomFlowWire {
  return job.wire as PhantomFlowWire;
}

/** Documented: queued, completed, failed. The name of the running state is unknown; `processing` is assumed. */
const STATUS: Readonly<Record<JobState, string>> = {
  waiting: 'queued',
  dispatched: 'queued',
  running: 'processing',
  complete: 'completed',
  failed: 'failed',
  cancelled: 'failed',
};

/** Webhook page: the file is named after the first eight characters of the job's id. */
export function outputName(jobId: string): string {
  return `${jobId.slice(0, 8)}.mp4`;
}

/** Webhook page: the fields of a terminal state. */
function viewResult(job: Job, baseUrl: string) {
  if (job.state === 'complete') {
    return {
      output_url: `${baseUrl}/output/${outputName(job.id)}`,
      duration_seconds: job.files[0]?.durationSeconds ?? 0,
      credits_used: job.cost ?? 0,
    };
  }
  return job.failure ? { error: viewFailure(job) } : {};
}

export function viewFailure({ failure }: Job) {
  const code = typeof failure?.cause === 'object' ? failure.cause.code : 'RENDER_FAILED';
  const detail = failure?.detail ? `: ${failure.detail}` : '';
  return { code, message: `${failure?.message ?? 'The render failed'}${detail}` };
}

const iso = (time: number | undefined) => (time === undefined ? null : new Date(time).toISOString());

/** A job as GET /api/jobs/{id} and the list show it. Names beyond those of the webhook page are assumed. */
export function viewJob(job: Job, baseUrl: string) {
  const { estimatedCredits, templateId } = wireOf(job);
  return {
    job_id: job.id,
    status: STATUS[job.state],
    progress: job.progress,
    estimated_credits: estimatedCredits,
    ...viewResult(job, baseUrl),
    ...(templateId === undefined ? {} : { template_id: templateId }),
    created_at: iso(job.createdAt),
    started_at: iso(job.startedAt),
    completed_at: iso(job.completedAt),
    // Local extension, not among the vendor's fields: what came out otherwise than it was written.
    ...(job.warnings.length > 0 ? { warnings: job.warnings } : {}),
  };
}

/** The body of the webhook: documented fields only. */
export function viewWebhook(job: Job, baseUrl: string) {
  return { job_id: job.id, status: STATUS[job.state], ...viewResult(job, baseUrl) };
}

/** A template as the sandbox answers it; the vendor's answer is unknown. */
export function viewTemplate(template: Template) {
  const { id, name, description, isPublic, script, createdAt } = template;
  return {
    template_id: id,
    name,
    ...(description === undefined ? {} : { description }),
    is_public: isPublic,
    variables: variablesOf(script),
    script,
    created_at: iso(createdAt),
  };
}
