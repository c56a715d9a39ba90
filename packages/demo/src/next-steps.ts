import { fileURLToPath } from 'node:url';
import { dim, heading, line, link } from './terminal.ts';

/** Where to go from here: a real key, an MCP host, n8n, the sandbox on its own. */
export function nextSteps(): void {
  const server = fileURLToPath(import.meta.resolve('@renderq/mcp-server/cli'));
  heading('Next');
  line(`${link('out/')} holds both films and one picture of them.`);
  line();
  line('With a real key      set RENDOBAR_API_KEY or PHANTOMFLOW_API_KEY for the server below;');
  line('                     jobs then go to the vendor and are billed by it.');
  line('In an MCP host       add a stdio server:');
  line(`                     ${link(`node ${server}`)}`);
  line('Without a key        npm run sandbox: both APIs on loopback, for any HTTP client,');
  line("                     n8n's HTTP Request node included; base URLs and keys are printed.");
  line('Every error code     docs/error-codes.md');
  line(dim('Read on in README.md.'));
}
