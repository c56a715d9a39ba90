import {
  type McpServer,
  ProtocolError,
  ProtocolErrorCode,
  ResourceNotFoundError,
  ResourceTemplate,
  type ServerContext,
  type Variables,
} from '@modelcontextprotocol/server';
import { type Clock, RenderError } from '@renderq/core';
import { callTool } from '../call-tool.ts';
import type { Caller } from '../caller.ts';
import { REQUEST_TYPES } from '../example-requests.ts';
import { errorLine } from '../headline.ts';
import type { Logger } from '../log.ts';
import { faultFields } from '../log.ts';
import { presentError } from '../present-error.ts';
import { type Surface, toolOf } from '../surface.ts';
import { errorTable, errorTableMarkdown } from './error-table.ts';
import { requestSchema, schemaUri } from './request-schema.ts';

interface Parts {
  readonly clock: Clock;
  readonly log: Logger;
  readonly caller: Caller;
}

const JSON_TYPE = 'application/json';
const MOST_LISTED = 20;
const MOST_COMPLETED = 100;

const jobUri = (id: string): string => `renderq://jobs/${id}`;
const json = (uri: URL, value: unknown) => ({
  contents: [{ uri: uri.href, mimeType: JSON_TYPE, text: JSON.stringify(value) }],
});
const variable = (variables: Variables, name: string): string => String(variables[name] ?? '');

/** Offers jobs, schemas and the error tables for reading. Everything here can be had by tools as well. */
export function registerResources(server: McpServer, surface: Surface, parts: Parts): void {
  registerJobs(server, surface, parts);
  registerSchemas(server, surface);
  registerErrors(server);
}

function registerJobs(server: McpServer, surface: Surface, parts: Parts): void {
  const { dispatcher } = surface.context;
  const getJob = toolOf(surface, 'get_job');

  /** A store that cannot be read is told where jobs are asked for, not where resources are looked through. */
  async function recent(limit: number) {
    try {
      return (await dispatcher.list({ principal: parts.caller.principal, limit })).jobs;
    } catch (fault) {
      parts.log.warn('jobs-not-listed', faultFields(fault));
      return [];
    }
  }

  const template = new ResourceTemplate('renderq://jobs/{id}', {
    list: async () => ({
      resources: (await recent(MOST_LISTED)).map(({ id, label, provider, state }) => ({
        uri: jobUri(id),
        name: label ?? id,
        description: `${state} on ${provider}`,
        mimeType: JSON_TYPE,
      })),
    }),
    complete: {
      id: async (begun) => (await recent(MOST_COMPLETED)).map(({ id }) => id).filter((id) => id.startsWith(begun)),
    },
  });
  const about = { title: 'Render job', description: 'A job as get_job shows it.', mimeType: JSON_TYPE };
  server.registerResource('job', template, about, async (uri, variables, context) => {
    const { envelope, headline } = await callTool(getJob, { jobId: variable(variables, 'id') }, context, parts);
    if (envelope.job) return json(uri, envelope);
    if (envelope.error?.code === 'NOT_FOUND') throw new ResourceNotFoundError(uri.href);
    throw new ProtocolError(ProtocolErrorCode.InternalError, headline, { error: envelope.error });
  });
}

/** The types of job of a provider, or those of all while the client has not said which. */
const typesOf = (provider: string | undefined): readonly string[] =>
  provider !== undefined && Object.hasOwn(REQUEST_TYPES, provider)
    ? (REQUEST_TYPES[provider] ?? [])
    : Object.values(REQUEST_TYPES).flat();

function registerSchemas(server: McpServer, { context: { accounts } }: Surface): void {
  const ids = accounts.providers.map(({ id }) => id);
  const provider = (begun: string): string[] => ids.filter((id) => id.startsWith(begun));
  const about = {
    title: 'Request schema',
    description: 'JSON Schema of a request to a provider: the one it serves, or a bundled one.',
    mimeType: JSON_TYPE,
  };
  const read = async (uri: URL, variables: Variables, { mcpReq }: ServerContext) => {
    const type = variables.type === undefined ? undefined : variable(variables, 'type');
    try {
      return json(uri, await requestSchema(accounts, variable(variables, 'provider'), type, mcpReq.signal));
    } catch (fault) {
      if (!RenderError.isInstance(fault)) throw fault;
      throw new ProtocolError(ProtocolErrorCode.InvalidParams, errorLine(presentError(fault.record)), {
        uri: uri.href,
      });
    }
  };
  const listed = { resources: ids.map((id) => ({ uri: schemaUri(id), name: `${id} request`, mimeType: JSON_TYPE })) };
  server.registerResource(
    'schema',
    new ResourceTemplate('renderq://schema/{provider}', { list: () => listed, complete: { provider } }),
    about,
    read,
  );
  const type = (begun: string, given?: { readonly arguments?: Record<string, string> }): string[] =>
    typesOf(given?.arguments?.provider).filter((name) => name.startsWith(begun));
  server.registerResource(
    'schema-of-type',
    new ResourceTemplate('renderq://schema/{provider}/{type}', { list: undefined, complete: { provider, type } }),
    { ...about, title: 'Request schema of one type of job' },
    read,
  );
}

function registerErrors(server: McpServer): void {
  const description = 'Every error code: what it means, whether to repeat, and what to do.';
  server.registerResource(
    'errors',
    'renderq://errors',
    { title: 'Error codes', description, mimeType: JSON_TYPE },
    async (uri) => json(uri, errorTable()),
  );
  server.registerResource(
    'errors-markdown',
    'renderq://errors/markdown',
    { title: 'Error codes, to read', description, mimeType: 'text/markdown' },
    async (uri) => ({ contents: [{ uri: uri.href, mimeType: 'text/markdown', text: errorTableMarkdown() }] }),
  );
}
