import { type ErrorRecord, listProviders, type RenderProvider } from '@renderq/core';
import { limitVariables } from './limit-settings.ts';

/** What an operator can do about an error, in terms of this server's own settings. */
interface Advice {
  readonly field: string;
  readonly remedy: string;
}

function adviceFor(error: ErrorRecord, provider: RenderProvider): Advice | undefined {
  const { env, displayName } = provider;
  if (error.code === 'UNAUTHENTICATED' && (error.field === undefined || error.field === 'apiKey')) {
    return { field: env.apiKey, remedy: `Set ${env.apiKey} to a valid key of ${displayName} and restart this server.` };
  }
  if (error.field === 'baseUrl') return { field: env.baseUrl, remedy: `Correct ${env.baseUrl}: ${error.remedy}` };
  const limit = limitVariables(provider).get(error.field?.replace(/^limits\./, '') ?? '');
  if (limit !== undefined) {
    return { field: limit, remedy: `Set ${limit} to the whole number that the account's plan has, or leave it out.` };
  }
  if (error.code === 'NETWORK' && error.field === undefined) {
    return { field: env.baseUrl, remedy: `Check the network and ${env.baseUrl}, the address that gave no answer.` };
  }
  return undefined;
}

/**
 * An error about the account names the variable that holds its setting: whoever reads an agent's answer knows this
 * server's environment, not the options of the library behind it.
 */
export function nameSetting(error: ErrorRecord): ErrorRecord {
  const provider = listProviders().find(({ id }) => id === error.provider);
  const advice = provider && adviceFor(error, provider);
  return advice ? { ...error, ...advice } : error;
}
