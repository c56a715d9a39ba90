/** What a node's user chose for its failures. */
export type OnError = 'stopWorkflow' | 'continueRegularOutput' | 'continueErrorOutput';

/** One node of a workflow, and what follows each of its outputs. */
export interface NodeSpec {
  readonly name: string;
  readonly type: string;
  readonly version?: number;
  readonly parameters?: object;
  /** Credential type to the id that n8n gave. */
  readonly credentials?: Readonly<Record<string, string>>;
  readonly onError?: OnError;
  readonly webhookId?: string;
  readonly extra?: object;
}

/** From a node's output to a node's input: `[from, output, to]`; the kind is `main` where none is named. */
export type Link = readonly [from: string, output: number, to: string, kind?: string];

export interface Item {
  readonly json: Readonly<Record<string, unknown>>;
  readonly binary?: Readonly<Record<string, { data: string; mimeType: string; fileName?: string }>>;
}

export interface WorkflowSpec {
  readonly name: string;
  readonly nodes: readonly NodeSpec[];
  readonly links: readonly Link[];
  /** What the trigger called "Start" gives in a manual run. */
  readonly items?: readonly Item[];
}

/** The manual trigger that every hand-run workflow here begins with. */
export const START: NodeSpec = { name: 'Start', type: 'n8n-nodes-base.manualTrigger', version: 1 };

/** A node that passes items on: what arrives there is what the next node of a user would get. */
export const sink = (name: string): NodeSpec => ({ name, type: 'n8n-nodes-base.noOp', version: 1 });

/** Writes a workflow as n8n's REST API takes it. */
export function buildWorkflow(spec: WorkflowSpec): object {
  const connections: Record<string, Record<string, { node: string; type: string; index: number }[][]>> = {};
  for (const [from, output, to, kind = 'main'] of spec.links) {
    connections[from] ??= {};
    const outputs = connections[from][kind] ?? [];
    connections[from][kind] = outputs;
    while (outputs.length <= output) outputs.push([]);
    outputs[output]?.push({ node: to, type: kind, index: 0 });
  }
  return {
    name: spec.name,
    active: false,
    settings: { executionOrder: 'v1', saveManualExecutions: true, saveDataSuccessExecution: 'all' },
    nodes: spec.nodes.map((node, index) => ({
      id: `00000000-0000-4000-8000-${index.toString(16).padStart(12, '0')}`,
      name: node.name,
      type: node.type,
      typeVersion: node.version ?? 1,
      position: [index * 220, 300],
      parameters: node.parameters ?? {},
      ...(node.credentials === undefined
        ? {}
        : {
            credentials: Object.fromEntries(
              Object.entries(node.credentials).map(([type, id]) => [type, { id, name: type }]),
            ),
          }),
      ...(node.onError === undefined ? {} : { onError: node.onError }),
      ...(node.webhookId === undefined ? {} : { webhookId: node.webhookId }),
      ...node.extra,
    })),
    connections,
    ...(spec.items === undefined ? {} : { pinData: { Start: spec.items } }),
  };
}
