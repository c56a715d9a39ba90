import { z } from 'zod';

/** The id that submit_render gave out. */
export const jobIdArgument = z.string().trim().min(1).describe('job.id from submit_render');
