import type { ErrorRecord } from '@renderq/core';
import type { Envelope } from './envelope.ts';
import { errorLine } from './headline.ts';
import { afterError, type FailedCall } from './next-action.ts';
import { presentError } from './present-error.ts';
import type { Answer } from './tool.ts';

/** A tool's answer as the protocol carries it. */
export type ToolResult = {
  readonly content: { readonly type: 'text'; readonly text: string }[];
  readonly structuredContent: Record<string, unknown>;
  readonly isError?: true;
};

function nextLine({ error, job, nextAction }: Envelope): string | undefined {
  const remedy = (error ?? job?.error)?.remedy;
  if (remedy !== undefined) return `Next: ${remedy}`;
  if (!nextAction) return undefined;
  return `Next: ${nextAction.tool} ${JSON.stringify(nextAction.arguments)}: ${nextAction.reason}`;
}

/**
 * Writes an answer twice: whole for clients that read structured content, and as text that leads with what matters,
 * because several clients hand on nothing but the text.
 */
export function toToolResult({ headline, envelope }: Answer): ToolResult {
  const lines = [headline, ...(envelope.warnings ?? []).map((warning) => `Note: ${warning}`)];
  const next = nextLine(envelope);
  const text = [...lines, ...(next === undefined ? [] : [next]), JSON.stringify(envelope)].join('\n');
  return {
    content: [{ type: 'text', text }],
    structuredContent: { ...envelope },
    ...(envelope.error ? { isError: true } : {}),
  };
}

/** The answer to a call that could not be carried out. */
export function errorAnswer(record: ErrorRecord, failed?: FailedCall): Answer {
  const error = presentError(record);
  return { headline: errorLine(error), envelope: { error, ...afterError(error, failed) } };
}
