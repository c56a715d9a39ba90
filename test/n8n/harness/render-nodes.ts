import { NODE_TYPES, type Provider } from './stage.ts';
import type { Item, Link, NodeSpec, OnError, WorkflowSpec } from './workflow.ts';
import { START, sink } from './workflow.ts';

/** What a render node is told beside its operation. */
export interface RenderNode {
  readonly name: string;
  readonly provider: Provider;
  /** `resource.operation`, for example `job.create`. */
  readonly action: string;
  readonly parameters?: object;
  readonly credentials: Readonly<Record<string, string>>;
  readonly onError?: OnError;
  readonly extra?: object;
}

export function renderNode({ provider, action, parameters, ...node }: RenderNode): NodeSpec {
  const [resource = '', operation = ''] = action.split('.');
  return { ...node, type: NODE_TYPES[provider], version: 1, parameters: { resource, operation, ...parameters } };
}

/** A sink behind each of the first outputs of a node: `Name 0`, `Name 1`, ... */
export function sinks(node: string, outputs: number): { nodes: NodeSpec[]; links: Link[] } {
  const names = Array.from({ length: outputs }, (_, output) => `${node} ${output}`);
  return {
    nodes: names.map(sink),
    links: names.map((name, output): Link => [node, output, name]),
  };
}

/** A request of each vendor that is right, small and quick to render. */
export const REQUESTS = {
  rendobar: {
    type: 'ffmpeg',
    params: { command: 'ffmpeg -f lavfi -i color=c=teal:s=64x36:d=0.2:r=10 -pix_fmt yuv420p out.mp4' },
  },
  phantomflow: {
    width: 64,
    height: 36,
    scenes: [{ duration: 1, background: '#008080', elements: [] }],
  },
} as const satisfies Record<Provider, object>;

/** A workflow of one node: what stands in `items` goes in, and a sink stands behind each output. */
export function flowOf(node: NodeSpec, items: readonly Item[] = [{ json: {} }], outputs = 1): WorkflowSpec {
  const behind = sinks(node.name, outputs);
  return {
    name: node.name,
    items,
    nodes: [START, node, ...behind.nodes],
    links: [['Start', 0, node.name], ...behind.links],
  };
}
