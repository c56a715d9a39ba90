import type { Tool } from '../tool.ts';
import type { ToolContext } from '../tool-context.ts';
import { cancelJobTool } from './cancel-job.ts';
import { getJobTool } from './get-job.ts';
import { listJobsTool } from './list-jobs.ts';
import { listProvidersTool } from './list-providers.ts';
import { probeMediaTool } from './probe-media.ts';
import { submitRenderTool } from './submit-render.ts';
import { validateRenderTool } from './validate-render.ts';

/** Every tool, in the order in which a caller meets them. */
export const createTools = (context: ToolContext): readonly Tool[] => [
  listProvidersTool(context),
  validateRenderTool(context),
  submitRenderTool(context),
  getJobTool(context),
  listJobsTool(context),
  cancelJobTool(context),
  probeMediaTool(context),
];
