import { createRenderClient } from './client.ts';
import type { ClientPorts, RenderClient, RenderClientOptions } from './contract/client.ts';
import { createPQueueLane } from './host/p-queue-lane.ts';
import { systemClock } from './host/system-clock.ts';
import { createUndiciTransport } from './host/undici-transport.ts';
import { createAccountRegistry } from './queue/account-registry.ts';

export { createPQueueLane } from './host/p-queue-lane.ts';
export { systemClock } from './host/system-clock.ts';
export { createUndiciTransport, type UndiciTransportOptions } from './host/undici-transport.ts';
export * from './index.ts';

const accounts = createAccountRegistry();
let shared: ClientPorts | undefined;

/** Node's answers to all ports, made at first use. */
export function nodePorts(): ClientPorts {
  shared ??= { transport: createUndiciTransport(), clock: systemClock, random: Math.random, lanes: createPQueueLane };
  return shared;
}

/**
 * A client on undici, p-queue and the system clock. All clients that this process makes of one account share its limits.
 * @throws {RenderError} as createRenderClient does.
 */
export function createNodeClient(options: RenderClientOptions): RenderClient {
  return createRenderClient(options, nodePorts(), accounts);
}
