import type { Tool } from './tool.ts';
import type { ToolContext } from './tool-context.ts';
import { createTools } from './tools/index.ts';

/** Everything that a client of this server meets. Made once; every connection and every request is served from it. */
export interface Surface {
  /** In the order in which a caller meets them. */
  readonly tools: readonly Tool[];
  readonly context: ToolContext;
}

/** Makes the surface over the accounts, the jobs and the files of this process. */
export const createSurface = (context: ToolContext): Surface => Object.freeze({ tools: createTools(context), context });

/** The tool of this name. */
export function toolOf({ tools }: Surface, name: string): Tool {
  const found = tools.find((tool) => tool.name === name);
  if (!found) throw new TypeError(`There is no tool ${name}.`);
  return found;
}
