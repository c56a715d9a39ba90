import {
  createAccountRegistry,
  createPhantomFlowClient,
  createRendobarClient,
  type PhantomFlowClient,
  type RendobarClient,
  type RendobarPorts,
} from '@renderq/core';
import type { AccountSettings } from './account-settings.ts';
import { createLane } from './create-lane.ts';
import { createHostTransfer } from './file-transfer.ts';
import { createHostClock } from './host-clock.ts';
import type { HostRequest } from './http-port.ts';
import { createHostTransport } from './http-transport.ts';
import { createSha256 } from './sha256.ts';

/** One for the process: all executions of all workflows share an account's limits. */
const accounts = createAccountRegistry();

/** n8n's own time. */
export const hostClock = createHostClock();

/** What is needed to send: any of n8n's function contexts. */
export interface RequestSource {
  readonly helpers: { readonly httpRequest: HostRequest };
}

/** All ports of core, answered by n8n. */
export function hostPorts({ helpers }: RequestSource): Required<RendobarPorts> {
  const request: HostRequest = (options) => helpers.httpRequest(options);
  return {
    transport: createHostTransport(request, hostClock),
    transfer: createHostTransfer(request, hostClock),
    clock: hostClock,
    random: Math.random,
    lanes: createLane,
    sha256: createSha256,
  };
}

/**
 * A client of a Rendobar account, on n8n's ports.
 * @throws {RenderError} UNAUTHENTICATED (field `apiKey`), INVALID_REQUEST (field `baseUrl`).
 */
export function openRendobar({ apiKey, baseUrl, limits }: AccountSettings, source: RequestSource): RendobarClient {
  return createRendobarClient({ apiKey, baseUrl, limits }, hostPorts(source), accounts);
}

/**
 * A client of a PhantomFlow account, on n8n's ports.
 * @throws {RenderError} UNAUTHENTICATED (field `apiKey`), INVALID_REQUEST (field `baseUrl`).
 */
export function openPhantomFlow(
  { apiKey, baseUrl, limits }: AccountSettings,
  source: RequestSource,
): PhantomFlowClient {
  return createPhantomFlowClient({ apiKey, baseUrl, limits }, hostPorts(source), accounts);
}
