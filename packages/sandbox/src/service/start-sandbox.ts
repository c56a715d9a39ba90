import type { Server } from 'node:http';
import { availableParallelism } from 'node:os';
import { createAdaptorServer, type HttpBindings } from '@hono/node-server';
import type { RendererOptions } from '../engine/create-renderer.ts';
import type { EngineInfo, Renderer } from '../engine/renderer.ts';
import { DEFAULT_KEYS, type LimitOverrides } from './accounts.ts';
import { createApp, VOCABULARY } from './app.ts';
import { createSandboxClock, type SandboxClock } from './clock.ts';
import { type DataFolder, openDataFolder, sweepDataFolders } from './data-folder.ts';
import { openEngine } from './engine-door.ts';
import type { FaultRule } from './fault-rule.ts';
import { ownPlace } from './own-media.ts';
import type { Provider } from './plans.ts';
import { postWebhook } from './post-webhook.ts';
import { createService, type SandboxService, type ServiceOptions } from './service.ts';
import { uploadHost } from './upload-host.ts';

export interface SandboxOptions {
  /** TCP port; 0, the default, takes a free one. */
  readonly port?: number;
  /** Address to listen on. Default 127.0.0.1. Off loopback there is no control plane. */
  readonly host?: string;
  /** An FFmpeg to use instead of looking for one. Default: `FFMPEG_PATH`, then the first capable one. */
  readonly ffmpegPath?: string;
  /** Insists on one kind of engine. */
  readonly engine?: 'native' | 'wasm';
  /** Folder for work and output. Default: a temporary one, removed on close; a given one is kept. */
  readonly dataDir?: string;
  /** Port of the upload host, an origin of its own as a vendor's storage is; 0, the default, takes a free one. */
  readonly uploadPort?: number;
  /** Fault rules that are in force from the start, and again after every reset. */
  readonly faults?: readonly FaultRule[];
  /** Limits laid over those of every plan of a provider. */
  readonly limits?: LimitOverrides;
  /**
   * Local extensions off: a movie script that uses what PhantomFlow's pages do not show is refused, as the vendor may
   * refuse it, instead of drawn. Default: false.
   */
  readonly strict?: boolean;
  /** Replaces the engine, for tests that need no media. */
  readonly renderer?: Renderer;
  /** Replaces the system's time, for tests. */
  readonly clock?: SandboxClock;
}

export interface Sandbox {
  /** Origin, without a closing slash. */
  readonly url: string;
  /** What stands in for `https://api.rendobar.com`. */
  readonly rendobarUrl: string;
  /** What stands in for `https://api.phantomflow.dev`. */
  readonly phantomflowUrl: string;
  /** Where uploads go, by signed links: an origin of its own. */
  readonly uploadUrl: string;
  /** Working keys. */
  readonly keys: Readonly<Record<Provider, string>>;
  /** Resolves once an FFmpeg has been found and tried; the API answers before. Rejects with RenderFault `engine-cannot`. */
  readonly engine: Promise<EngineInfo>;
  /** Stops every render, closes every connection and removes temporary files. May be called twice. */
  close(): Promise<void>;
}

/**
 * Starts the local service. Resolves as soon as it answers; the engine is looked for meanwhile. Rejects when a port is
 * taken or the data folder cannot be made, and with FaultRuleError, naming the field, for a fault rule that makes no sense.
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const host = options.host ?? '127.0.0.1';
  const dataDir = await openDataFolder(options.dataDir);
  let url = '';
  let uploadUrl = '';

  const listening = Promise.withResolvers<void>();
  const door = openEngine(async () => {
    // The API answers first: looking for an FFmpeg takes processor time that the first call would miss.
    await listening.promise;
    return options.renderer ?? loadRenderer(options, (source) => ownPlace(source, url));
  });
  const service = await serviceOrCleanUp(dataDir, {
    clock: options.clock ?? createSandboxClock(),
    dataDir: dataDir.path,
    engine: door,
    parallelism: availableParallelism(),
    publicUrl: () => url,
    uploadUrl: () => uploadUrl,
    postWebhook,
    vocabulary: VOCABULARY,
    ...(options.faults ? { faults: options.faults } : {}),
    ...(options.limits ? { limits: options.limits } : {}),
    ...(options.strict === undefined ? {} : { strict: options.strict }),
  });
  const server = serverFor(createApp(service, { withControlPlane: isLoopback(host) }));
  const uploadServer = serverFor(uploadHost(service));
  try {
    url = `http://${urlHost(host)}:${await listen(server, options.port ?? 0, host)}`;
    uploadUrl = `http://${urlHost(host)}:${await listen(uploadServer, options.uploadPort ?? 0, host)}`;
    listening.resolve();
    // What a killed sandbox left behind is nobody's haste, and nobody's error.
    void sweepDataFolders().catch(() => undefined);
  } catch (error) {
    listening.reject(error);
    server.close();
    await dataDir.remove();
    throw error;
  }

  const engine = door.ready().then((renderer) => renderer.engine);
  engine.catch(() => undefined);
  let closing: Promise<void> | undefined;

  async function close(): Promise<void> {
    const servers = [server, uploadServer];
    const closed = servers.map((one) => new Promise<void>((resolve) => one.close(() => resolve())));
    await service.stop();
    for (const one of servers) one.closeAllConnections();
    await Promise.all(closed);
    await door.close();
    await dataDir.remove();
  }

  return {
    url,
    rendobarUrl: `${url}/rendobar`,
    phantomflowUrl: `${url}/phantomflow`,
    uploadUrl,
    keys: DEFAULT_KEYS,
    engine,
    close() {
      closing ??= close();
      return closing;
    },
  };
}

/** Fault rules may make no sense: then nothing has started, and nothing is left behind. */
async function serviceOrCleanUp(dataDir: DataFolder, options: ServiceOptions): Promise<SandboxService> {
  try {
    return createService(options);
  } catch (error) {
    await dataDir.remove();
    throw error;
  }
}

/** Loaded late: the API answers before the media libraries are read. */
async function loadRenderer(options: SandboxOptions, judge: RendererOptions['ownPlace']): Promise<Renderer> {
  const { createRenderer } = await import('../engine/create-renderer.ts');
  const { ffmpegPath, engine: forceEngine, strict } = options;
  return createRenderer({ ffmpegPath, forceEngine, strict, ownPlace: judge });
}

interface FetchApp {
  readonly fetch: (request: Request, bindings: HttpBindings) => Response | Promise<Response>;
}

function serverFor(app: FetchApp): Server {
  // Replacing the global Request and Response would change them for a whole host process.
  return createAdaptorServer({
    fetch: (request, bindings) => app.fetch(request, bindings as HttpBindings),
    overrideGlobalObjects: false,
  }) as Server;
}

function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);
}

/** An address to reach the service by: a wildcard address is none. */
function urlHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}
