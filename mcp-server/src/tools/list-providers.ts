import { type ErrorRecord, RenderError, type RenderErrorCode, type RenderProvider } from '@renderq/core';
import { z } from 'zod';
import type { Accounts } from '../accounts.ts';
import type { NextAction } from '../envelope.ts';
import { EXAMPLE_REQUESTS } from '../example-requests.ts';
import { presentError } from '../present-error.ts';
import { defineTool } from '../tool.ts';
import type { ToolContext } from '../tool-context.ts';
import { plainLine } from '../untrusted-text.ts';

/** The provider's own codes under each of ours. */
function errorCodesOf({ errors }: RenderProvider): Readonly<Record<string, readonly string[]>> {
  const groups: Partial<Record<RenderErrorCode, string[]>> = {};
  for (const [providerCode, { code }] of Object.entries(errors)) {
    groups[code] = [...(groups[code] ?? []), providerCode];
  }
  return groups;
}

/** Why the account cannot be used, or undefined when it can. */
async function problemOf(accounts: Accounts, id: string): Promise<ErrorRecord | undefined> {
  try {
    await accounts.client(id);
    return undefined;
  } catch (fault) {
    if (!RenderError.isInstance(fault)) throw fault;
    return presentError(fault.record);
  }
}

/** The engine that renders locally, in words where there is none. */
async function engineOf(accounts: Accounts): Promise<Readonly<Record<string, string>>> {
  try {
    const { kind, version, reason } = await (await accounts.sandbox()).engine;
    return { kind, version, reason: plainLine(reason) };
  } catch {
    return { kind: 'none', reason: 'No FFmpeg on this machine can render; jobs of the sandbox will fail.' };
  }
}

async function describeProvider(accounts: Accounts, provider: RenderProvider): Promise<Record<string, unknown>> {
  const { id, displayName, defaultLimits, env } = provider;
  const mode = accounts.modeOf(id);
  const problem = await problemOf(accounts, id);
  const isIgnored = mode !== 'live' && accounts.hasBaseUrl(id);
  const baseUrl = problem === undefined || mode === 'live' ? await accounts.baseUrl(id) : undefined;
  return {
    id,
    name: displayName,
    mode,
    configured: problem === undefined,
    ...(mode === 'sandbox' ? { local: true, engine: await engineOf(accounts) } : {}),
    ...(baseUrl === undefined ? {} : { baseUrl }),
    ...(isIgnored ? { note: `${env.baseUrl} is ignored until ${env.apiKey} is set.` } : {}),
    apiKeyVariable: env.apiKey,
    limits: { ...defaultLimits, overLimit: 'The job waits here and is sent when there is room.' },
    canCancel: provider.cancel !== null,
    exampleRequest: EXAMPLE_REQUESTS[id],
    errorCodes: errorCodesOf(provider),
    ...(problem && { problem }),
  };
}

/** Which accounts there are, and what a request to each looks like. */
export const listProvidersTool = ({ accounts }: ToolContext) =>
  defineTool({
    name: 'list_providers',
    title: 'List render providers',
    description:
      'Start here: which providers are configured (live or local sandbox), their limits, and an example request for each.',
    gives: ['providers', 'nextAction'],
    hints: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
    input: z.object({}),
    async run() {
      const providers = await Promise.all(accounts.providers.map((provider) => describeProvider(accounts, provider)));
      const ready = providers.find(({ configured }) => configured === true);
      const nextAction: NextAction | undefined = ready && {
        tool: 'validate_render',
        arguments: { provider: ready.id, request: ready.exampleRequest },
        reason: 'Start from this request and change it to what you want to render.',
      };
      const modes = providers.map(({ id, mode }) => `${id} (${mode})`).join(', ');
      return {
        headline: `Providers: ${modes}. Failures carry error.code, a key of errorCodes; error.providerCode is a value.`,
        envelope: { providers, ...(nextAction && { nextAction }) },
      };
    },
  });
