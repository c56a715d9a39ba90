import type { ErrorIssue, ErrorRecord } from '@renderq/core';
import type { Job } from '@renderq/dispatcher';

/** The one call that makes sense next, ready to be made. */
export interface NextAction {
  readonly tool: string;
  readonly arguments: Readonly<Record<string, unknown>>;
  readonly reason: string;
}

/** A job as a tool shows it. */
export interface ToolJob extends Job {
  /** True when the embedded sandbox renders it: nothing was sent to or billed by the provider. */
  readonly local?: true;
}

/** What every tool answers with, success or not. */
export interface Envelope {
  readonly job?: ToolJob;
  readonly jobs?: readonly Partial<ToolJob>[];
  readonly providers?: readonly Readonly<Record<string, unknown>>[];
  readonly issues?: readonly ErrorIssue[];
  readonly warnings?: readonly string[];
  readonly nextCursor?: string;
  readonly nextAction?: NextAction;
  readonly error?: ErrorRecord;
}

const text = { type: 'string' } as const;
const texts = { type: 'array', items: text } as const;

const error = {
  type: 'object',
  description: 'Branch on code; providerCode is the own code of the provider.',
  properties: {
    code: text,
    message: text,
    category: text,
    retryable: { type: 'boolean' },
    retryAfterMs: { type: 'number' },
    provider: text,
    providerCode: text,
    field: text,
    jobId: text,
    remedy: text,
  },
} as const;

const job = {
  type: 'object',
  properties: {
    id: text,
    provider: text,
    state: { type: 'string', description: 'queued, submitting, running, succeeded, failed or cancelled' },
    local: { type: 'boolean', description: 'True when the local sandbox renders it; nothing is billed.' },
    progress: { type: 'number' },
    output: { type: 'object' },
    error,
  },
} as const;

/**
 * The one output schema of all tools. Every member is optional and nothing is closed: clients of the 1.x SDK check
 * even an error's structured content against it, and a schema of the success alone would hide the code from them.
 */
export const ENVELOPE_SCHEMA = {
  type: 'object',
  properties: {
    job,
    jobs: { type: 'array', items: { type: 'object' } },
    providers: { type: 'array', items: { type: 'object' } },
    issues: { type: 'array', items: { type: 'object', properties: { field: text, message: text } } },
    warnings: texts,
    nextCursor: text,
    nextAction: { type: 'object', properties: { tool: text, arguments: { type: 'object' }, reason: text } },
    error,
  },
} as const;
