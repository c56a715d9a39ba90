import { createRendobarClient, type RendobarClient, type RendobarClientOptions } from '../api/rendobar/index.ts';
import type { RendobarPorts } from '../api/rendobar/rendobar-ports.ts';
import { createNodeSha256 } from '../host/node-sha256.ts';
import { createPQueueLane } from '../host/p-queue-lane.ts';
import { createAccountRegistry } from '../queue/account-registry.ts';
import { TEST_KEY } from './scripted-client.ts';
import { createScriptedTransport, type Handler, type ScriptedTransport } from './scripted-transport.ts';
import { createVirtualClock, type VirtualClock } from './virtual-clock.ts';

export interface RendobarStage {
  readonly clock: VirtualClock;
  readonly wire: ScriptedTransport;
  readonly client: RendobarClient;
  readonly ports: RendobarPorts;
}

/** A Rendobar client on a virtual clock and a scripted wire. */
export function setRendobarStage(
  makeHandler: (clock: VirtualClock) => Handler,
  more: { readonly ports?: Partial<RendobarPorts>; readonly options?: Partial<RendobarClientOptions> } = {},
): RendobarStage {
  const clock = createVirtualClock();
  const wire = createScriptedTransport(clock, makeHandler(clock));
  const ports: RendobarPorts = {
    transport: wire.transport,
    clock,
    random: () => 0.5,
    lanes: createPQueueLane,
    sha256: createNodeSha256,
    ...more.ports,
  };
  const limits = { requestsPerMinute: 6000 };
  const client = createRendobarClient({ apiKey: TEST_KEY, limits, ...more.options }, ports, createAccountRegistry());
  return { clock, wire, client, ports };
}

/** Everything that an async iterable gives. */
export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}
