import { parseFlatted } from './flatted.ts';

export type ExecutionStatus = 'new' | 'running' | 'waiting' | 'success' | 'error' | 'crashed' | 'canceled' | 'unknown';

export interface SeenItem {
  readonly json: Record<string, unknown>;
  readonly binary?: Record<
    string,
    { id?: string; mimeType: string; fileName?: string; fileSize?: string; data: string }
  >;
  readonly pairedItem?: unknown;
}

export interface NodeRun {
  readonly executionStatus: ExecutionStatus;
  /** Items of each output, by connection kind. */
  readonly data?: Readonly<Record<string, readonly (readonly SeenItem[] | null)[]>>;
  readonly error?: StoredError;
}

/** An error as n8n stores it with a run and shows it in the editor. */
export interface StoredError {
  readonly message: string;
  readonly description?: string | null;
  readonly httpCode?: string | null;
  readonly context?: Readonly<Record<string, unknown>>;
  readonly [key: string]: unknown;
}

export interface Execution {
  readonly id: string;
  readonly status: ExecutionStatus;
  readonly waitTill: string | null;
  readonly error: StoredError | undefined;
  /** Runs of a node; empty where it did not run. */
  runs(node: string): readonly NodeRun[];
  /** Items that the last run of a node gave on one of its main outputs. */
  output(node: string, index?: number): readonly SeenItem[];
  /** The `json` of the items that reached a node on its first output: for a sink, what the user's next node gets. */
  json(node: string): readonly Record<string, unknown>[];
}

interface StoredData {
  readonly resultData?: { readonly runData?: Record<string, NodeRun[]>; readonly error?: StoredError };
}

/** Reads `GET /rest/executions/{id}`. */
export function readExecution(raw: Record<string, unknown>): Execution {
  // One that has just begun has no data yet.
  const data = ((typeof raw.data === 'string' ? parseFlatted(raw.data) : raw.data) ?? {}) as StoredData;
  const runData = data.resultData?.runData ?? {};
  const runs = (node: string) => runData[node] ?? [];
  const output = (node: string, index = 0) => runs(node).at(-1)?.data?.main?.[index] ?? [];
  return {
    id: String(raw.id),
    status: raw.status as ExecutionStatus,
    waitTill: (raw.waitTill as string | null | undefined) ?? null,
    error: data.resultData?.error,
    runs,
    output,
    json: (node) => output(node).map((item) => item.json),
  };
}
