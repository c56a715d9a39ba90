/** A JSON object. */
export type Json = Readonly<Record<string, unknown>>;

/** What a client hands on of a tool's answer to whoever called it. */
export interface Answer {
  readonly isError: boolean;
  /** All text that the client shows. */
  readonly text: string;
  /** Undefined where the client hands on text alone. */
  readonly structured?: Json | undefined;
}

/** The server as a client reaches it: a program to start, or an address. */
export type Target =
  | { readonly command: string; readonly args: readonly string[]; readonly env: Readonly<Record<string, string>> }
  | { readonly url: string };

/** A client of others, connected to a server. */
export interface ToolCaller {
  listTools(): Promise<readonly string[]>;
  call(tool: string, args?: Json, signal?: AbortSignal): Promise<Answer>;
  close(): Promise<void>;
  /** The process that it started as its server; undefined where it started none. */
  readonly serverPid?: number | undefined;
}

/** The answer inside what most clients give: the protocol's own result object. */
export function answerOf(result: unknown): Answer {
  const {
    content = [],
    structuredContent,
    isError,
  } = result as {
    readonly content?: readonly { readonly text?: string }[];
    readonly structuredContent?: Json;
    readonly isError?: boolean;
  };
  return {
    isError: isError === true,
    text: content.map(({ text = '' }) => text).join('\n'),
    structured: structuredContent,
  };
}
