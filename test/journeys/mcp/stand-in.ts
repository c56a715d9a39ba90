import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * A provider of one's own making: plain node:http after the vendors' pages, sharing no line with the sandbox, so that
 * a mistake made twice in our own code cannot agree with itself.
 */

/** One HTTP answer, or a wire that breaks after the request was read. */
export type StandInAnswer =
  | { readonly status: number; readonly body: unknown; readonly headers?: Readonly<Record<string, string>> }
  | { readonly raw: string; readonly status: number; readonly type: string }
  | 'cut';

export interface Script {
  /** Answers to the submits in their order; the last one repeats. */
  readonly submits: readonly StandInAnswer[];
  /** Answers to the looks in their order; the last one repeats. */
  readonly looks?: readonly StandInAnswer[];
}

export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Readonly<Record<string, unknown>>;
}

/** Decides each answer from the request itself; undefined for what it does not know, which is then not found. */
export type Responder = (request: SeenRequest) => StandInAnswer | undefined | Promise<StandInAnswer | undefined>;

export interface StandIn {
  readonly url: string;
  readonly requests: readonly SeenRequest[];
  readonly submits: readonly SeenRequest[];
  close(): Promise<void>;
}

async function readBody(request: IncomingMessage): Promise<Readonly<Record<string, unknown>>> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return chunks.length === 0 ? {} : JSON.parse(Buffer.concat(chunks).toString());
}

function reply(response: ServerResponse, answer: StandInAnswer): void {
  if (answer === 'cut') {
    response.destroy();
    return;
  }
  const isRaw = 'raw' in answer;
  response.writeHead(answer.status, {
    'content-type': isRaw ? answer.type : 'application/json',
    ...(isRaw ? {} : answer.headers),
  });
  response.end(isRaw ? answer.raw : JSON.stringify(answer.body));
}

const isSubmit = (path: string): boolean => /^\/(jobs|api\/render|api\/render\/template)$/.test(path);

const NOT_FOUND: StandInAnswer = {
  status: 404,
  body: { error: { code: 'NOT_FOUND', message: 'Nothing here.' } },
};

/** Plays a script. Lists are refused, so that each look is at one job. */
function play(script: Script): Responder {
  let submits = 0;
  let looks = 0;
  const turn = (answers: readonly StandInAnswer[], at: number): StandInAnswer =>
    answers[Math.min(at, answers.length - 1)] ?? 'cut';
  return ({ method, path }) => {
    if (method === 'POST' && isSubmit(path)) return turn(script.submits, submits++);
    const answers = script.looks ?? [];
    if (method === 'GET' && /\/jobs\/[^/]+$/.test(path) && answers.length > 0) return turn(answers, looks++);
    return undefined;
  };
}

/** Starts a stand-in that answers as its script says, or as its responder decides. */
export async function startStandIn(script: Script | Responder): Promise<StandIn> {
  const requests: SeenRequest[] = [];
  const respond = typeof script === 'function' ? script : play(script);
  const server = createServer(async (request, response) => {
    const { pathname: path } = new URL(request.url ?? '/', 'http://stand.in');
    const method = request.method ?? 'GET';
    const seen = { method, path, headers: request.headers, body: await readBody(request) };
    requests.push(seen);
    reply(response, (await respond(seen)) ?? NOT_FOUND);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    get submits() {
      return requests.filter(({ method, path }) => method === 'POST' && isSubmit(path));
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
