import { randomBytes } from 'node:crypto';
import type { Job } from '../../service/job.ts';
import { Refusal } from './errors.ts';

export interface Share {
  readonly shareId: string;
  readonly jobId: string;
  readonly accountId: string;
  readonly createdAt: number;
}

/** Public links to outputs, one for a job. */
export interface Shares {
  /** Throws CONFLICT where there is one already, VALIDATION_ERROR for a job without an output. */
  create(job: Job, now: number): Share;
  ofJob(jobId: string): Share | undefined;
  byId(shareId: string): Share | undefined;
  remove(jobId: string): void;
  clear(accountId?: string): void;
}

export function createShares(): Shares {
  const shares = new Map<string, Share>();
  const ofJob = (jobId: string) => shares.get(jobId);
  return {
    create(job, now) {
      if (ofJob(job.id)) throw new Refusal('CONFLICT', 'The job is shared already.');
      if (job.files.length === 0) throw new Refusal('VALIDATION_ERROR', `The job has no output: it is ${job.state}.`);
      const share = {
        shareId: `shr_${randomBytes(10).toString('hex')}`,
        jobId: job.id,
        accountId: job.accountId,
        createdAt: now,
      };
      shares.set(job.id, share);
      return share;
    },
    ofJob,
    byId: (shareId) => [...shares.values()].find((share) => share.shareId === shareId),
    remove: (jobId) => void shares.delete(jobId),
    clear(accountId) {
      for (const share of shares.values()) {
        if (accountId === undefined || share.accountId === accountId) shares.delete(share.jobId);
      }
    },
  };
}

export function viewShare({ shareId, createdAt }: Share, baseUrl: string, job: Job) {
  const name = job.files[0]?.name.split('/').at(-1) ?? 'output';
  return { shareId, shareUrl: `${baseUrl}/s/${shareId}/${encodeURIComponent(name)}`, createdAt };
}
