import { createRenderClient } from '../client.ts';
import type { RenderClient, RenderClientOptions } from '../contract/client.ts';
import { RenderError } from '../errors/render-error.ts';
import { createPQueueLane } from '../host/p-queue-lane.ts';
import { type AccountRegistry, createAccountRegistry } from '../queue/account-registry.ts';
import { createScriptedTransport, type Handler, type ScriptedTransport } from './scripted-transport.ts';
import { createVirtualClock, type VirtualClock } from './virtual-clock.ts';

export interface Stage {
  readonly clock: VirtualClock;
  readonly wire: ScriptedTransport;
  readonly accounts: AccountRegistry;
  readonly client: RenderClient;
  /** Another client in the same process. */
  readonly another: (options?: Partial<RenderClientOptions>) => RenderClient;
}

export const TEST_KEY = 'secret-key-of-the-account';
export const MOVIE = { scenes: [{ duration: 4 }] };
export const COMMAND = { type: 'ffmpeg', params: { command: 'ffmpeg -i in.mp4 out.mp4' } };

/**
 * A client on a virtual clock and a scripted wire. Randomness is fixed at one half. Its submits read no schema unless they
 * say so.
 */
export function setStage(
  provider: string,
  makeHandler: (clock: VirtualClock) => Handler,
  options: Partial<RenderClientOptions> = {},
): Stage {
  const clock = createVirtualClock();
  const wire = createScriptedTransport(clock, makeHandler(clock));
  const accounts = createAccountRegistry();
  const ports = { transport: wire.transport, clock, random: () => 0.5, lanes: createPQueueLane };
  const another = (more: Partial<RenderClientOptions> = {}) =>
    withoutSchemaReads(createRenderClient({ provider, apiKey: TEST_KEY, ...options, ...more }, ports, accounts));
  return { clock, wire, accounts, client: another(), another };
}

/** The script of a test need not begin with the schema. */
function withoutSchemaReads(client: RenderClient): RenderClient {
  return { ...client, submit: (request, given) => client.submit(request, { checkAgainst: 'bundled', ...given }) };
}

/** The typed error that a promise rejects with; anything else fails the test. */
export async function rejection(promise: Promise<unknown>): Promise<RenderError> {
  const error = await promise.then(
    (value) => new Error(`resolved with ${JSON.stringify(value)}`),
    (reason: unknown) => reason,
  );
  if (RenderError.isInstance(error)) return error;
  throw error;
}
