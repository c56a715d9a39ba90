import type { SeenError, SeenJob } from '../journeys/mcp/connect.ts';
import type { Answer, Json, ToolCaller } from './caller.ts';

/** The codes of one answer, as a program branches on them. */
export interface ReadError {
  readonly code: string;
  readonly providerCode?: string | undefined;
}

/** What the structured content holds; every member may be absent. */
export interface Structure {
  readonly job?: SeenJob & { readonly watch?: { readonly error: SeenError } };
  readonly error?: SeenError;
}

export const structureOf = ({ structured = {} }: Answer): Structure => structured as Structure;

/** The error in the structured content, wherever a job or a call may carry one. */
export function fromStructure(answer: Answer): SeenError | undefined {
  const { job, error } = structureOf(answer);
  return error ?? job?.error ?? job?.queue?.error ?? job?.watch?.error;
}

/** The error in the first line of the text, for hosts that show nothing but text. */
export function fromText({ text }: Pick<Answer, 'text'>): ReadError | undefined {
  const [, code, providerCode] = /\b([A-Z]+(?:_[A-Z]+)*)(?: \(([A-Z0-9_]+)\))?: /.exec(text.split('\n')[0] ?? '') ?? [];
  return code === undefined ? undefined : { code, providerCode };
}

const isOver = ({ job, error }: Structure): boolean =>
  error !== undefined || !job || ['succeeded', 'failed', 'cancelled'].includes(job.state);

/** Submits a request that is not to wait at any limit. */
export const submitJob = (caller: ToolCaller, args: Json): Promise<Answer> =>
  caller.call('submit_render', { maxQueueSeconds: 0, ...args });

/** Looks at the job of an answer until it has ended or cannot be looked at; gives the last answer. */
export async function followJob(caller: ToolCaller, submitted: Answer): Promise<Answer> {
  const jobId = structureOf(submitted).job?.id;
  let answer = submitted;
  for (let looks = 0; looks < 5 && jobId !== undefined && !isOver(structureOf(answer)); looks += 1) {
    answer = await caller.call('get_job', { jobId, waitSeconds: 15 });
    // Where an error comes as text alone, the text is all there is to go by.
    if (answer.isError) break;
  }
  return answer;
}
