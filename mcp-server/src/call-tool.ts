import type { ServerContext } from '@modelcontextprotocol/server';
import { type Clock, RenderError } from '@renderq/core';
import type { Caller } from './caller.ts';
import { faultFields, type Logger } from './log.ts';
import { createProgress } from './progress.ts';
import type { Answer, Tool, ToolCall } from './tool.ts';
import { errorAnswer } from './tool-result.ts';

interface CallParts {
  readonly clock: Clock;
  readonly log: Logger;
  readonly caller: Caller;
}

/** Progress goes only to clients that gave a token to name it by. */
function progressOf({ mcpReq }: ServerContext, { clock, log }: CallParts): ToolCall['progress'] {
  const progressToken = mcpReq._meta?.progressToken;
  if (progressToken === undefined) return () => undefined;
  return createProgress(clock, (update) => {
    mcpReq
      .notify({ method: 'notifications/progress', params: { progressToken, ...update } })
      .catch((fault: unknown) => log.debug('progress-not-delivered', faultFields(fault)));
  });
}

/** Calls a tool and turns whatever it throws into the answer that says so: no caller ever sees a raw exception. */
export async function callTool(tool: Tool, args: unknown, context: ServerContext, parts: CallParts): Promise<Answer> {
  const { clock, log, caller } = parts;
  const startedAt = clock.now();
  const ms = (): number => clock.now() - startedAt;
  try {
    const progress = progressOf(context, parts);
    const answer = await tool.call(args, { caller, startedAt, signal: context.mcpReq.signal, progress });
    log.info('tool', { tool: tool.name, ms: ms(), code: answer.envelope.error?.code });
    return answer;
  } catch (fault) {
    if (RenderError.isInstance(fault)) {
      log.info('tool', { tool: tool.name, ms: ms(), code: fault.code });
      return errorAnswer(fault.record, { tool: tool.name, args });
    }
    log.error('tool-fault', { tool: tool.name, ms: ms(), ...faultFields(fault) });
    return errorAnswer(
      new RenderError({ code: 'INTERNAL', message: `${tool.name} ran into an unexpected fault.` }).record,
    );
  }
}
