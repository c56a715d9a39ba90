import type { Job } from '../../service/job.ts';
import { sendFile } from '../../service/send-file.ts';
import type { SandboxService } from '../../service/service.ts';
import { Refusal } from './errors.ts';
import { isPastRetention, linkSubject } from './views.ts';

/** Serves a signed link. Raw links answer 404 when the file is gone (Rendobar limits page); a spent token is 403. */
export async function download(
  jobId: string,
  fileName: string | undefined,
  token: string,
  request: Request,
  service: SandboxService,
): Promise<Response> {
  const job = service.jobs.get(jobId);
  const index = job && fileName !== undefined ? job.files.findIndex((file) => file.name === fileName) : 0;
  const check = service.links.check(linkSubject(jobId, index), token, service.clock.now());
  if (check === 'invalid') throw new Refusal('FORBIDDEN', 'The link is not valid.');
  if (check === 'expired') throw new Refusal('FORBIDDEN', 'The link has expired. Read the job again for a fresh one.');
  const file = job?.files[index];
  const account = job && service.accounts.byId(job.accountId);
  if (!job || !file || !account || isPastRetention(job, account, service.clock.now())) throw new Refusal('NOT_FOUND');
  const answer = await sendFile(file.path, file.name, request);
  if (!answer) throw new Refusal('NOT_FOUND');
  return answer;
}

/** GET /jobs/{id}/download: API reads of an output past its retention are 410 (Rendobar error page). */
export async function streamOutput(job: Job, request: Request, service: SandboxService): Promise<Response> {
  const account = service.accounts.byId(job.accountId);
  if (account && isPastRetention(job, account, service.clock.now())) throw new Refusal('GONE');
  const file = job.files[0];
  if (!file) throw new Refusal('VALIDATION_ERROR', `The job has no output: it is ${job.state}.`);
  const answer = await sendFile(file.path, file.name, request);
  if (!answer) throw new Refusal('GONE');
  return answer;
}
