import type { JobSnapshot } from '../contract/job.ts';
import type { ErrorRecord } from '../errors/render-error.ts';
import { RenderError } from '../errors/render-error.ts';
import type { LookSubject } from './look-plan.ts';

export interface Listener {
  readonly onLook: (snapshot: JobSnapshot) => void;
  readonly onError: (error: unknown) => void;
  /** A look is delayed by a limit or has failed and will be repeated. */
  readonly onTrouble: (error: ErrorRecord) => void;
}

/** What is known of a job that was submitted here. */
export interface AcceptedJob {
  readonly kind: string;
  readonly acceptedAt: number;
  /** Whether the request asked the provider to announce the end by webhook. */
  readonly isAnnounced: boolean;
}

/** A job that is looked at. */
export interface Target {
  readonly jobId: string;
  readonly listeners: Set<Listener>;
  readonly isAnnounced: boolean;
  readonly kind: string;
  bornAt: number;
  /** Unix milliseconds at which it was last known to run; undefined until it has been seen. */
  seenAt: number | undefined;
  /** Looks at this very job come no sooner than this: after a failed one, and never sooner after an announcement. */
  dueAt: number;
  lookedAt: number;
  busy: AbortController | undefined;
  /** Unix milliseconds before which announcements of it are not followed: each that told nothing new doubles the rest. */
  deafUntil: number;
  deafMs: number;
  /** Unix milliseconds of the first failed look since the last good one. */
  blindSince?: number | undefined;
}

export function createTarget(jobId: string, job: AcceptedJob | undefined, now: number): Target {
  return {
    jobId,
    listeners: new Set(),
    isAnnounced: job?.isAnnounced ?? false,
    kind: job?.kind ?? '',
    bornAt: job?.acceptedAt ?? now,
    seenAt: job?.acceptedAt,
    dueAt: Number.NEGATIVE_INFINITY,
    lookedAt: job?.acceptedAt ?? Number.NEGATIVE_INFINITY,
    busy: undefined,
    deafUntil: Number.NEGATIVE_INFINITY,
    deafMs: 0,
  };
}

export function toSubject({ kind, bornAt, seenAt = bornAt, isAnnounced }: Target, announcedShare: number): LookSubject {
  return { kind, bornAt, seenAt, announced: isAnnounced ? announcedShare : 0 };
}

const FIRST_DEAF_MS = 2_000;
const LONGEST_DEAF_MS = 60_000;

/** An announced look found the job as it was: whoever goes on announcing it is not believed at once. */
export function growDeaf(target: Target, now: number): void {
  target.deafMs = Math.min(LONGEST_DEAF_MS, Math.max(FIRST_DEAF_MS, target.deafMs * 2));
  target.deafUntil = now + target.deafMs;
}

/** Whether a list's entry tells all that a look by id would. */
export function isWhole({ state, output, error }: JobSnapshot): boolean {
  if (state === 'succeeded') return output !== undefined;
  return state !== 'failed' || error?.providerCode !== undefined;
}

/** Whether looking again would give the same answer: the request or the account is refused, not the moment. */
export function isFinal(error: unknown): boolean {
  return RenderError.isInstance(error) && (error.record.category === 'request' || error.record.category === 'account');
}

/** Whether the same request may well work in a moment. */
export function isPassing(error: unknown): boolean {
  return RenderError.isInstance(error) && (error.code === 'NETWORK' || error.code === 'PROVIDER_ERROR');
}
