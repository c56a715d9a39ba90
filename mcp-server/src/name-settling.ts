import { type ErrorRecord, listProviders } from '@renderq/core';
import { LOCAL_CALLER } from './caller.ts';

/**
 * An error about a submit whose outcome is unknown says how a person settles it: only somebody who has looked into the
 * provider's own list can know, and no tool lets a model decide it. A provider's own fault may leave a doubt as well.
 */
export function nameSettling(error: ErrorRecord, principal: string, isInDoubt: boolean): ErrorRecord {
  const { code, jobId, provider } = error;
  if ((!isInDoubt && code !== 'SUBMIT_OUTCOME_UNKNOWN') || jobId === undefined) return error;
  const name = listProviders().find(({ id }) => id === provider)?.displayName ?? 'the provider';
  const whose = principal === LOCAL_CALLER.principal ? '' : ` --principal ${principal}`;
  const command = `renderq-mcp settle ${jobId}${whose} --ran-as <providerJobId>`;
  const remedy = `Do not submit it again. If it stays unknown, ask the user to look at the jobs of ${name} and to run "${command}", or --never-ran instead.`;
  return { ...error, remedy };
}
