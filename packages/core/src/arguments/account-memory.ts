import { isJobId } from '../decode/job-id.ts';
import { asObject } from '../decode/json-body.ts';
import { type ArgumentCheck, fields } from './check-argument.ts';
import { FLAG, NUMBER, OBJECT, type Rule, SIGNAL } from './rule.ts';

const isId = (value: unknown): boolean => typeof value === 'string' && isJobId(value);

const JOB_IDS: Rule = {
  accepts: (value) => Array.isArray(value) && value.every(isId),
  what: "a list of the provider's job ids",
  remedy: 'Pass the ids as the submits answered them, oldest first.',
};

const OPEN_JOBS: Rule = {
  accepts: (value) =>
    Array.isArray(value) && value.every((job) => isId(asObject(job)?.id) && Number.isFinite(asObject(job)?.acceptedAt)),
  what: 'a list of objects, each with the id of a job and the time of its acceptance',
  remedy: 'Pass each open job as { id, acceptedAt }, with Unix milliseconds.',
};

const knownEvidence = fields('evidence', {
  takes: { listLagMs: NUMBER, timesAreTrue: FLAG, othersSeenAt: NUMBER, unsettledAt: NUMBER, absentAt: NUMBER },
  remedy: 'Pass what `evidence` gave, or leave it out.',
});
const knownMemory = fields('memory', {
  needs: { jobIds: JOB_IDS, openJobs: OPEN_JOBS },
  takes: { evidence: OBJECT },
});

/** What an earlier process knew of an account. */
export const accountMemory: ArgumentCheck = (value) => {
  knownMemory(value);
  const evidence = asObject(value)?.evidence;
  if (evidence !== undefined) knownEvidence(evidence);
};

const TIMES: Rule = {
  accepts: (value) => Array.isArray(value) && value.every(Number.isFinite),
  what: 'a list of times in Unix milliseconds',
  remedy: 'Pass numbers, or leave it out.',
};

/** A submit whose process ended before its answer came. */
export const lostSubmit: ArgumentCheck = fields('lost', {
  needs: { sentAt: NUMBER },
  takes: { rivals: TIMES, signal: SIGNAL },
});
