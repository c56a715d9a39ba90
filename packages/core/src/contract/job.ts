import type { ProviderName } from '../errors/provider-code.ts';
import type { ErrorRecord } from '../errors/render-error.ts';

/** What a remote job is doing, in renderq's words. An unknown state of a provider counts as `running`: not finished. */
export type RemoteJobState = 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled';

export const TERMINAL_STATES: ReadonlySet<string> = new Set(['succeeded', 'failed', 'cancelled']);

/** One file that a job made. `url` may be signed and expire: it is for the caller, never for a log. */
export interface OutputFile {
  readonly url: string;
  readonly name?: string;
  /** The provider's word for the kind of file: video, image, audio, captions, playlist, data, other. */
  readonly type?: string;
  readonly sizeBytes?: number;
  readonly durationSeconds?: number;
  readonly width?: number;
  readonly height?: number;
}

export interface JobOutput {
  /** The main file, where there is one. */
  readonly url?: string;
  readonly files: readonly OutputFile[];
  /** Structured results, for job types that answer with data (for example ffprobe). */
  readonly data?: unknown;
  /** Unix time in milliseconds after which the links stop working. */
  readonly expiresAt?: number;
}

/** What the job cost. Rendobar bills nanodollars (1e9 = 1 USD), PhantomFlow credits. */
export interface JobCost {
  readonly amount: number;
  readonly unit: 'nanodollars' | 'credits';
  readonly formatted?: string;
}

/** One look at a job on the provider's side. */
export interface JobSnapshot {
  readonly provider: ProviderName;
  /** The provider's job id. */
  readonly id: string;
  readonly state: RemoteJobState;
  /** The provider's own word for the state, verbatim. */
  readonly providerState: string;
  /** Share done, 0 to 1, where the provider tells it. */
  readonly progress?: number;
  /** Unix times in milliseconds. */
  readonly createdAt?: number;
  readonly startedAt?: number;
  readonly completedAt?: number;
  readonly output?: JobOutput;
  readonly error?: ErrorRecord;
  readonly cost?: JobCost;
  /** What the provider estimated or left on the account when it accepted the job (PhantomFlow: credits). */
  readonly estimatedCredits?: number;
  readonly creditsRemaining?: number;
  /** What the provider wants known of a job that goes well otherwise; its own words, cleaned and bounded. */
  readonly warnings?: readonly string[];
  /** True when the provider recognised the idempotency key and answered with the first job. */
  readonly replayed?: boolean;
}

export interface JobPage {
  readonly jobs: readonly JobSnapshot[];
  /** Jobs in all, where the provider tells it. */
  readonly total?: number;
}
