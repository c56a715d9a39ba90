import type { z } from 'zod';
import type { Caller } from './caller.ts';
import type { Envelope, EnvelopeMember, ToolJob } from './envelope.ts';
import { readArguments } from './read-arguments.ts';

/** What hosts show before a call and use to decide whether to ask. All four, because the defaults are pessimistic. */
interface ToolHints {
  readonly readOnlyHint: boolean;
  readonly destructiveHint: boolean;
  readonly idempotentHint: boolean;
  readonly openWorldHint: boolean;
}

/** One call of a tool, as far as a tool may know of it. */
export interface ToolCall {
  readonly caller: Caller;
  /** Unix milliseconds at which the call arrived: deadlines count from here. */
  readonly startedAt: number;
  /** Aborts when the client gives up. Ends waits, never jobs. */
  readonly signal: AbortSignal;
  /** Tells the client how far a job is; does nothing when the client did not ask to hear of it. */
  readonly progress: (job: ToolJob) => void;
}

export interface Answer {
  /** One sentence for people and for models that see no structured content. */
  readonly headline: string;
  readonly envelope: Envelope;
}

interface ToolFacts {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly hints: ToolHints;
  /** The members of the envelope that it answers with. */
  readonly gives: readonly EnvelopeMember[];
  /** Whether the job that it answers with may be handed to the client as a task, where the client knows tasks. */
  readonly startsTask?: true;
}

export interface ToolDefinition<Shape extends z.ZodRawShape> extends ToolFacts {
  readonly input: z.ZodObject<Shape>;
  readonly run: (args: z.output<z.ZodObject<Shape>>, call: ToolCall) => Promise<Answer>;
}

export interface Tool extends ToolFacts {
  /** What `tools/list` shows. Calls are read by {@link Tool.call}, which is more forgiving and answers in our own words. */
  readonly input: z.ZodObject;
  /** Throws RenderError when the call cannot be carried out. */
  readonly call: (rawArguments: unknown, call: ToolCall) => Promise<Answer>;
}

/** Makes a tool whose `run` gets arguments that its own input schema admits. */
export function defineTool<Shape extends z.ZodRawShape>(definition: ToolDefinition<Shape>): Tool {
  const { run, ...facts } = definition;
  return {
    ...facts,
    async call(rawArguments, call) {
      const { args, warnings } = readArguments(definition.input, rawArguments);
      const { headline, envelope } = await run(args, call);
      if (warnings.length === 0) return { headline, envelope };
      return { headline, envelope: { ...envelope, warnings: [...warnings, ...(envelope.warnings ?? [])] } };
    },
  };
}
