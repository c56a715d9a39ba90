import type { Answer, Json } from './caller.ts';

/** A call that an answer asks for. */
export interface NextCall {
  readonly tool: string;
  readonly arguments: Json;
}

export interface Step {
  readonly call: NextCall;
  readonly answer: Answer;
}

export interface AgentOptions {
  readonly call: (tool: string, args: Json) => Promise<Answer>;
  /** Told of each call before it is made, and given how many were made before. */
  readonly before?: (call: NextCall, made: number) => Promise<void>;
}

const MOST_STEPS = 30;

export const nextOf = ({ structured }: Answer): NextCall | undefined => structured?.nextAction as NextCall | undefined;

/** A caller without a thought of its own: it makes one call, and then whatever the answer to the last one tells it to. */
export async function walk(first: NextCall, { call, before }: AgentOptions): Promise<readonly Step[]> {
  const steps: Step[] = [];
  for (let next: NextCall | undefined = first; next && steps.length < MOST_STEPS; ) {
    await before?.(next, steps.length);
    const answer = await call(next.tool, next.arguments);
    steps.push({ call: next, answer });
    next = nextOf(answer);
  }
  return steps;
}
