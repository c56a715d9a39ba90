import {
  createPhantomFlowClient,
  type PhantomFlowClient,
  type PhantomFlowClientOptions,
} from './api/phantomflow/phantomflow-client.ts';
import {
  createRendobarClient,
  type RendobarClient,
  type RendobarClientOptions,
} from './api/rendobar/rendobar-client.ts';
import type { RendobarPorts } from './api/rendobar/rendobar-ports.ts';
import { createRenderClient } from './client.ts';
import type { RenderClient, RenderClientOptions } from './contract/client.ts';
import { createNodeSha256 } from './host/node-sha256.ts';
import { createPQueueLane } from './host/p-queue-lane.ts';
import { systemClock } from './host/system-clock.ts';
import { createUndiciTransfer } from './host/undici-transfer.ts';
import { createUndiciTransport } from './host/undici-transport.ts';
import { webCryptoHmac } from './host/web-crypto-hmac.ts';
import { createAccountRegistry } from './queue/account-registry.ts';
import {
  createRendobarWebhookReceiver,
  type RendobarWebhookOptions,
  type RendobarWebhookReceiver,
} from './webhooks/rendobar-webhook.ts';

export { fileSource } from './host/file-source.ts';
export { createNodeSha256 } from './host/node-sha256.ts';
export { createPQueueLane } from './host/p-queue-lane.ts';
export { saveFile } from './host/save-file.ts';
export { systemClock } from './host/system-clock.ts';
export { createUndiciTransfer, type UndiciTransferOptions } from './host/undici-transfer.ts';
export { createUndiciTransport, type UndiciTransportOptions } from './host/undici-transport.ts';
export { webCryptoHmac } from './host/web-crypto-hmac.ts';
export * from './index.ts';

const accounts = createAccountRegistry();
let shared: Required<RendobarPorts> | undefined;

/** Node's answers to all ports, made at first use. */
export function nodePorts(): Required<RendobarPorts> {
  shared ??= {
    transport: createUndiciTransport(),
    transfer: createUndiciTransfer(),
    clock: systemClock,
    random: Math.random,
    lanes: createPQueueLane,
    sha256: createNodeSha256,
  };
  return shared;
}

/**
 * A client on undici, p-queue and the system clock. All clients that this process makes of one account share its limits.
 * @throws {RenderError} as createRenderClient does.
 */
export function createNodeClient(options: RenderClientOptions): RenderClient {
  return createRenderClient(options, nodePorts(), accounts);
}

/**
 * A PhantomFlow client on undici, p-queue and the system clock, sharing limits as {@link createNodeClient} does.
 * @throws {RenderError} as createPhantomFlowClient does.
 */
export function createNodePhantomFlow(options: PhantomFlowClientOptions): PhantomFlowClient {
  return createPhantomFlowClient(options, nodePorts(), accounts);
}

/**
 * A Rendobar client on undici, p-queue and the system clock, sharing limits as {@link createNodeClient} does.
 * @throws {RenderError} as createRendobarClient does.
 */
export function createNodeRendobar(options: RendobarClientOptions): RendobarClient {
  return createRendobarClient(options, nodePorts(), accounts);
}

/**
 * A receiver of Rendobar's webhooks and callbacks on Web Crypto and the system clock.
 * @throws {RenderError} as createRendobarWebhookReceiver does.
 */
export function createNodeRendobarWebhookReceiver(options: RendobarWebhookOptions): RendobarWebhookReceiver {
  return createRendobarWebhookReceiver(options, { hmac: webCryptoHmac, clock: systemClock });
}
