import { listProviders } from '@renderq/core';
import type { SettleInput } from '@renderq/dispatcher';
import type { SettleOutcome } from './cli-options.ts';
import { composeServer } from './compose.ts';
import { readConfig } from './config.ts';
import { createLogger } from './log.ts';

/**
 * Carries out a person's word on a submit whose outcome is unknown and says what became of the job. Throws RenderError
 * CONFLICT when the outcome is not in doubt, NOT_FOUND for a job that is not known here or not known to the provider.
 */
export async function settleJob(
  version: string,
  jobId: string,
  principal: string,
  outcome: SettleOutcome,
): Promise<string> {
  const config = readConfig(listProviders());
  const { parts, close } = composeServer(version, config, createLogger(config.logLevel));
  try {
    const { dispatcher } = parts.surface.context;
    const found: SettleInput =
      'ranAs' in outcome ? { outcome: 'ran', providerJobId: outcome.ranAs } : { outcome: 'never-ran' };
    const job = await dispatcher.settle(jobId, found, { principal });
    const isSent = 'neverRan' in outcome;
    return `Job ${job.id} is ${job.state}${isSent ? '; it will be sent again' : ''}.\n`;
  } finally {
    await close();
  }
}
