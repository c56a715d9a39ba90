import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { IBinaryData, IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import type { HostRequest } from '../host/http-port.ts';

/** What a test says of one execution of a node. */
export interface FakeExecutionOptions {
  readonly type?: string;
  readonly items?: readonly INodeExecutionData[];
  /** By name; a function gives the value of each item. */
  readonly parameters?: Readonly<Record<string, unknown>>;
  readonly credentials?: Readonly<Record<string, unknown>>;
  readonly request?: HostRequest;
  readonly executionId?: string;
  readonly instanceId?: string;
  readonly runIndex?: number;
  readonly onError?: 'stopWorkflow' | 'continueRegularOutput' | 'continueErrorOutput';
  /** Files in n8n's store, by id. */
  readonly files?: Readonly<Record<string, Uint8Array>>;
}

/** n8n around one execution: the part of its context that the nodes use. */
export interface FakeExecution {
  readonly ctx: IExecuteFunctions;
  /** Stops the execution, as a person does in the editor. */
  stop(): void;
  /** Files that the node gave n8n to keep, by name. */
  readonly kept: Map<string, Buffer>;
  /** What the node told the person before the editor. */
  readonly hints: string[];
}

const CREDENTIALS = { apiKey: 'test_key_0123456789', plan: 'pro', workerProcesses: 1 };

export function createFakeExecution(options: FakeExecutionOptions): FakeExecution {
  const items: readonly INodeExecutionData[] = options.items ?? [{ json: {} }];
  const { parameters = {}, files = {}, onError = 'stopWorkflow' } = options;
  const over = new AbortController();
  const handlers = new Set<() => unknown>();
  const kept = new Map<string, Buffer>();
  const hints: string[] = [];
  const node = {
    id: 'node-1',
    name: 'Render',
    type: options.type ?? 'n8n-nodes-renderq.rendobar',
    typeVersion: 1,
    position: [0, 0],
    parameters: {},
    onError,
  };
  const context = {
    getInputData: () => items,
    getNode: () => node,
    getExecutionId: () => options.executionId ?? 'exec-1',
    getInstanceId: () => options.instanceId ?? 'instance-1',
    continueOnFail: () => onError !== 'stopWorkflow',
    getNodeParameter(path: string, index: number, fallback?: unknown) {
      const [name = '', ...inner] = path.split('.');
      const value = parameters[name];
      let found: unknown = typeof value === 'function' ? value(index) : value;
      for (const field of inner) found = (found as Record<string, unknown> | undefined)?.[field];
      return found === undefined ? fallback : found;
    },
    getCurrentNodeParameter: (name: string) => parameters[name],
    getCredentials: async () => ({ ...CREDENTIALS, ...options.credentials }) as IDataObject,
    evaluateExpression: (text: string) => (text.includes('$runIndex') ? (options.runIndex ?? 0) : undefined),
    addExecutionHints: (...added: { message: string }[]) => hints.push(...added.map(({ message }) => message)),
    getExecutionCancelSignal: () => over.signal,
    onExecutionCancellation: (handler: () => unknown) => handlers.add(handler),
    helpers: {
      httpRequest: options.request ?? (() => Promise.reject(new Error('Nothing is sent in this test.'))),
      async prepareBinaryData(body: Readable, fileName: string, mimeType?: string): Promise<IBinaryData> {
        kept.set(fileName, await buffer(body));
        return { data: 'filesystem-v2', id: `filesystem-v2:${fileName}`, mimeType: mimeType ?? 'video/mp4', fileName };
      },
      getBinaryMetadata: async (id: string) => ({ fileSize: files[id]?.length ?? 0 }),
      getBinaryStream: async (id: string) => Readable.from([files[id] ?? new Uint8Array()]),
      getBinaryDataBuffer: async (index: number, property: string) =>
        Buffer.from(items[index]?.binary?.[property]?.data ?? '', 'base64'),
    },
  };
  return {
    // The nodes use no more of n8n than stands above; what they use besides fails the test that leads there.
    ctx: context as unknown as IExecuteFunctions,
    kept,
    hints,
    stop() {
      over.abort(new Error('The execution was stopped.'));
      for (const handler of handlers) handler();
    },
  };
}
