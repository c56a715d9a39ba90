import { parseArgs } from 'node:util';

/** Where `--http` listens and what it answers to. */
export interface HttpOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Names besides this machine's own under which clients reach the server, for example behind a reverse proxy. */
  readonly allowedHosts: readonly string[];
}

/** What a person found out about a submit whose outcome is unknown. */
export type SettleOutcome = { readonly ranAs: string } | { readonly neverRan: true };

/** What the command line asks for. */
export type CliCommand =
  | { readonly run: 'stdio' }
  | { readonly run: 'http'; readonly http: HttpOptions }
  | { readonly run: 'settle'; readonly jobId: string; readonly principal: string; readonly outcome: SettleOutcome }
  | { readonly run: 'print'; readonly text: string }
  | { readonly run: 'refuse'; readonly reason: string };

const DEFAULT_HOST = '127.0.0.1';
const DEFAULT_PORT = 8848;
/** Whose jobs `settle` is about: those of stdio, and of an HTTP server without tokens. */
const DEFAULT_PRINCIPAL = 'local';

const HELP = `renderq-mcp: render jobs on Rendobar and PhantomFlow for AI agents, over MCP.

Usage:
  renderq-mcp                               speak MCP on stdin and stdout
  renderq-mcp --http [--host ${DEFAULT_HOST}] [--port ${DEFAULT_PORT}] [--allowed-host NAME]...
                                            speak MCP over Streamable HTTP at /mcp
  renderq-mcp settle JOB --ran-as PROVIDER_JOB | --never-ran [--principal NAME]
                                            say what became of a submit whose outcome is unknown
  renderq-mcp --help | --version

Options of --http:
  --host          address to listen on; off this machine only with RENDERQ_HTTP_TOKEN set
  --port          0 takes a free one; the address taken is written to stderr
  --allowed-host  a further name to answer to, as a reverse proxy passes it on; may be repeated

Without any API key both providers are rehearsed on a local sandbox.

Environment:
  RENDOBAR_API_KEY, RENDOBAR_BASE_URL        Rendobar account
  PHANTOMFLOW_API_KEY, PHANTOMFLOW_BASE_URL  PhantomFlow account
  RENDOBAR_CONCURRENT_JOBS, RENDOBAR_REQUESTS_PER_MINUTE, PHANTOMFLOW_CONCURRENT_JOBS, PHANTOMFLOW_REQUESTS_PER_MINUTE
                                             limits of the account's plan; default: those of the smallest one
  RENDERQ_HOME                               folder of the jobs; default: this user's state folder
  RENDERQ_FILES                              folders whose files callers on stdio may name, as in PATH; default: none
  RENDERQ_HTTP_TOKEN                         bearer token of --http, or name:token pairs with commas between them
  RENDERQ_LOG                                error (default), warn, info or debug; JSON lines on stderr
  FFMPEG_PATH                                FFmpeg of the local sandbox and of probe_media
`;

const refuse = (reason: string): CliCommand => ({ run: 'refuse', reason: `${reason} See renderq-mcp --help.` });

const OPTIONS = {
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'v' },
  stdio: { type: 'boolean' },
  http: { type: 'boolean' },
  host: { type: 'string' },
  port: { type: 'string' },
  'allowed-host': { type: 'string', multiple: true },
  'ran-as': { type: 'string' },
  'never-ran': { type: 'boolean' },
  principal: { type: 'string' },
} as const;

function parse(args: readonly string[]) {
  return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true, strict: true });
}
type Values = ReturnType<typeof parse>['values'];

/** The options among `names` that were given, as they are written. */
const given = (values: Values, names: readonly (keyof Values)[]): readonly string[] =>
  names.filter((name) => values[name] !== undefined).map((name) => `--${name}`);

function readHttp(values: Values): CliCommand {
  const { host = DEFAULT_HOST, port = String(DEFAULT_PORT) } = values;
  if (values.stdio) return refuse('--http and --stdio exclude each other.');
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) {
    return refuse(`--port ${JSON.stringify(port)} is not a whole number from 0 to 65535.`);
  }
  if (host.trim() === '') return refuse('--host is empty.');
  return { run: 'http', http: { host, port: Number(port), allowedHosts: values['allowed-host'] ?? [] } };
}

function readSettle(values: Values, [jobId, ...more]: readonly string[]): CliCommand {
  const { 'ran-as': ranAs, 'never-ran': neverRan, principal = DEFAULT_PRINCIPAL } = values;
  const strangers = given(values, ['stdio', 'http', 'host', 'port', 'allowed-host']);
  if (strangers.length > 0) return refuse(`settle does not take ${strangers.join(', ')}.`);
  if (jobId === undefined || jobId === '') return refuse('settle needs the id of a job.');
  if (more.length > 0) return refuse('settle takes one job at a time.');
  if ((ranAs === undefined) === (neverRan === undefined)) {
    return refuse('settle needs either --ran-as with the id of the job at the provider, or --never-ran.');
  }
  const job = { run: 'settle', jobId, principal } as const;
  if (ranAs === undefined) return { ...job, outcome: { neverRan: true } };
  return ranAs.trim() === '' ? refuse('--ran-as is empty.') : { ...job, outcome: { ranAs } };
}

/** Reads the arguments after the program's name. */
export function readCliOptions(args: readonly string[], version: string): CliCommand {
  let parsed: ReturnType<typeof parse>;
  try {
    parsed = parse(args);
  } catch (fault) {
    // The parser's own sentence names the argument; what it adds on positionals does not apply here.
    const [sentence = 'The arguments cannot be read'] =
      fault instanceof Error ? fault.message.split('. To specify') : [];
    return refuse(`${sentence.replace(/\.$/, '')}.`);
  }
  const { values, positionals } = parsed;
  const [command, ...rest] = positionals;
  if (values.help) return { run: 'print', text: HELP };
  if (values.version) return { run: 'print', text: `${version}\n` };
  if (command === 'settle') return readSettle(values, rest);
  if (command !== undefined) return refuse(`Unknown command ${JSON.stringify(command)}.`);
  const settleOnly = given(values, ['ran-as', 'never-ran', 'principal']);
  if (settleOnly.length > 0) return refuse(`${settleOnly.join(', ')} belongs to settle.`);
  if (values.http) return readHttp(values);
  const httpOnly = given(values, ['host', 'port', 'allowed-host']);
  if (httpOnly.length > 0) return refuse(`${httpOnly.join(', ')} works only together with --http.`);
  return { run: 'stdio' };
}
