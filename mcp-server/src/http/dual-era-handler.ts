import {
  createMcpHandler,
  type McpHttpHandler,
  type McpRequestContext,
  type McpServer,
  type Server,
} from '@modelcontextprotocol/server';
import { faultFields, type Logger } from '../log.ts';

/** Movies may carry small pictures inside; larger media goes by URL or upload. The SDK's own bound, held here on purpose. */
const LARGEST_BODY = 4 * 1024 * 1024;
const MOST_SUBSCRIPTIONS = 256;

/** Makes the server that answers one request. */
export type RequestServer = (context: McpRequestContext) => McpServer | Server;

/**
 * Speaks MCP of both eras without sessions, so that a client goes on where it was after the server was replaced. The price:
 * a client of the 2025 revisions ends a wait by closing its connection, not by a notification, and cannot be asked back.
 */
export const createDualEraHandler = (serverOf: RequestServer, log: Logger): McpHttpHandler =>
  createMcpHandler(serverOf, {
    legacy: 'stateless',
    maxRequestBodySize: LARGEST_BODY,
    maxSubscriptions: MOST_SUBSCRIPTIONS,
    onerror: (fault) => log.info('protocol', faultFields(fault)),
  });
