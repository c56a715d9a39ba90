import {
  type AccountState,
  type ErrorRecord,
  type RenderClient,
  RenderError,
  type RenderErrorCode,
  type RenderProvider,
} from '@renderq/core';
import { z } from 'zod';
import type { Accounts } from '../accounts.ts';
import type { Caller } from '../caller.ts';
import type { NextAction } from '../envelope.ts';
import { EXAMPLE_REQUESTS } from '../example-requests.ts';
import { presentError } from '../present-error.ts';
import { defineTool } from '../tool.ts';
import type { ToolContext } from '../tool-context.ts';
import { plainLine, plainName } from '../untrusted-text.ts';

/** The provider's own codes under each of ours. */
function errorCodesOf({ errors }: RenderProvider): Readonly<Record<string, readonly string[]>> {
  const groups: Partial<Record<RenderErrorCode, string[]>> = {};
  for (const [providerCode, { code }] of Object.entries(errors)) {
    groups[code] = [...(groups[code] ?? []), providerCode];
  }
  return groups;
}

/** The account, opened without a call to the provider, or why it cannot be used. */
async function openAccount(accounts: Accounts, id: string): Promise<RenderClient | ErrorRecord> {
  try {
    return await accounts.client(id);
  } catch (fault) {
    if (!RenderError.isInstance(fault)) throw fault;
    return presentError(fault.record);
  }
}

const LOCAL_FILES = 'Put the absolute path where a source URL would stand; submit_render uploads the file.';

const iso = (unixMs: number | undefined): string | undefined =>
  unixMs === undefined || Number.isNaN(new Date(unixMs).getTime()) ? undefined : new Date(unixMs).toISOString();

/** Where an account stands: what is free, what waits and why. Times are ISO 8601; what is not known is left out. */
function standingOf({ window, slots, queue, downUntil }: AccountState): Readonly<Record<string, unknown>> {
  const standing = {
    requestsPerMinute: window.requestsPerMinute,
    requestsLeft: window.remaining,
    windowResetsAt: iso(window.resetsAt),
    closedUntil: iso(window.closedUntil),
    jobSlots: slots.capacity,
    jobSlotsTaken: slots.taken,
    waiting: queue.waiting,
    heldBy: queue.heldBy,
    nextAttemptAt: iso(queue.nextAttemptAt),
    error: queue.error && presentError(queue.error),
    downUntil: iso(downUntil),
  };
  return Object.fromEntries(Object.entries(standing).filter(([, value]) => value !== undefined));
}

const ignoredFolder = (folder: string): string =>
  `RENDERQ_FILES: '${plainName(folder)}' is no absolute path, so it is ignored.`;

/** The engine that renders locally, in words where there is none. */
async function engineOf(accounts: Accounts): Promise<Readonly<Record<string, string>>> {
  try {
    const { kind, version, reason } = await (await accounts.sandbox()).engine;
    return { kind, version, reason: plainLine(reason) };
  } catch {
    return { kind: 'none', reason: 'No FFmpeg on this machine can render; jobs of the sandbox will fail.' };
  }
}

async function describeProvider(
  { accounts, files }: ToolContext,
  provider: RenderProvider,
  caller: Caller,
): Promise<Record<string, unknown>> {
  const { id, displayName, defaultLimits, env } = provider;
  const mode = accounts.modeOf(id);
  const opened = await openAccount(accounts, id);
  const problem = 'code' in opened ? opened : undefined;
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
    limits: {
      ...defaultLimits,
      ...accounts.statedLimits(id),
      overLimit: 'The job waits here and is sent when there is room.',
    },
    ...('code' in opened ? {} : { now: standingOf(opened.state()) }),
    canCancel: provider.cancel !== null,
    ...(caller.isLocal && files.roots.length > 0 && accounts.takesFiles(id)
      ? { localFiles: { folders: files.roots, use: LOCAL_FILES } }
      : {}),
    exampleRequest: EXAMPLE_REQUESTS[id],
    errorCodes: errorCodesOf(provider),
    ...(problem && { problem }),
  };
}

/** Which accounts there are, and what a request to each looks like. */
export const listProvidersTool = (context: ToolContext) =>
  defineTool({
    name: 'list_providers',
    title: 'List render providers',
    description:
      'Start here: which providers are configured (live or local sandbox), their limits, and an example request for each.',
    gives: ['providers', 'nextAction'],
    hints: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
    input: z.object({}),
    async run(_, { caller }) {
      const { accounts, files } = context;
      const providers = await Promise.all(
        accounts.providers.map((provider) => describeProvider(context, provider, caller)),
      );
      const warnings = caller.isLocal ? files.ignored.map(ignoredFolder) : [];
      const ready = providers.find(({ configured }) => configured === true);
      const nextAction: NextAction | undefined = ready && {
        tool: 'validate_render',
        arguments: { provider: ready.id, request: ready.exampleRequest },
        reason: 'Start from this request and change it to what you want to render.',
      };
      const modes = providers.map(({ id, mode }) => `${id} (${mode})`).join(', ');
      return {
        headline: `Providers: ${modes}. Failures carry error.code, a key of errorCodes; error.providerCode is a value.`,
        envelope: { providers, ...(warnings.length > 0 ? { warnings } : {}), ...(nextAction && { nextAction }) },
      };
    },
  });
