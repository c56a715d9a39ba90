import type { ErrorIssue, ErrorRecord } from '@renderq/core';
import type { Job } from '@renderq/dispatcher';

/** The one call that makes sense next, ready to be made. */
export interface NextAction {
  readonly tool: string;
  readonly arguments: Readonly<Record<string, unknown>>;
  readonly reason: string;
}

/** A job as a tool shows it. */
export interface ToolJob extends Omit<Job, 'isEphemeral'> {
  /** True when the embedded sandbox renders it: nothing was sent to or billed by the provider. */
  readonly local?: true;
}

/** What a media file is made of, as FFmpeg reads it. */
export interface ToolMedia {
  readonly format: string;
  readonly sizeBytes: number;
  readonly durationSeconds?: number;
  readonly bitsPerSecond?: number;
  readonly streams: readonly Readonly<Record<string, unknown>>[];
}

/** What every tool answers with, success or not. */
export interface Envelope {
  readonly job?: ToolJob;
  readonly jobs?: readonly Partial<ToolJob>[];
  readonly providers?: readonly Readonly<Record<string, unknown>>[];
  readonly media?: ToolMedia;
  readonly issues?: readonly ErrorIssue[];
  readonly warnings?: readonly string[];
  readonly nextCursor?: string;
  readonly nextAction?: NextAction;
  readonly error?: ErrorRecord;
}

const text = { type: 'string' } as const;
const list = { type: 'array' } as const;
const object = { type: 'object' } as const;

const MEMBERS = {
  job: { type: 'object', properties: { id: text, state: text, output: object, error: object } },
  jobs: list,
  providers: list,
  media: object,
  issues: list,
  nextCursor: text,
  nextAction: object,
  error: {
    type: 'object',
    properties: { code: text, providerCode: text, retryable: { type: 'boolean' } },
  },
} as const;

/** What a tool's output schema names besides `error`, which every tool may answer with. */
export type EnvelopeMember = Exclude<keyof typeof MEMBERS, 'error'>;

/**
 * A tool's output schema: a slice of the one envelope. Every member is optional and nothing is closed, because clients of
 * the 1.x SDK check even an error's structured content against it, and a schema of the success alone would hide the code
 * from them. It names only what code branches on: every word of it is paid for wherever tools are listed to a model.
 */
export function envelopeSchema(members: readonly EnvelopeMember[]): Readonly<Record<string, unknown>> {
  const named = [...members, 'error'] as const;
  return { type: 'object', properties: Object.fromEntries(named.map((member) => [member, MEMBERS[member]])) };
}
