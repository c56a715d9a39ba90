/** What the command line asks for. */
export type CliCommand =
  | { readonly run: 'stdio' }
  | { readonly run: 'print'; readonly text: string }
  | { readonly run: 'refuse'; readonly reason: string };

const HELP = `renderq-mcp: render jobs on Rendobar and PhantomFlow for AI agents, over MCP.

Usage: renderq-mcp [--help] [--version]

Speaks MCP on stdin and stdout. Without any API key both providers are rehearsed on a local sandbox.

Environment:
  RENDOBAR_API_KEY, RENDOBAR_BASE_URL        Rendobar account
  PHANTOMFLOW_API_KEY, PHANTOMFLOW_BASE_URL  PhantomFlow account
  RENDERQ_LOG                                error (default), warn, info or debug; JSON lines on stderr
`;

/** Reads the arguments after the program's name. */
export function readCliOptions(args: readonly string[], version: string): CliCommand {
  for (const arg of args) {
    switch (arg) {
      case '--help':
      case '-h':
        return { run: 'print', text: HELP };
      case '--version':
      case '-v':
        return { run: 'print', text: `${version}\n` };
      case '--stdio':
        break;
      case '--http':
        return { run: 'refuse', reason: '--http is not built yet; start without it to speak MCP on stdin and stdout.' };
      default:
        return { run: 'refuse', reason: `unknown argument ${JSON.stringify(arg)}; see renderq-mcp --help.` };
    }
  }
  return { run: 'stdio' };
}
