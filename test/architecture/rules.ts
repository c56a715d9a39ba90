/**
 * Who may import whom. `from` selects files; every import of theirs must match one of `may`, and none of `never`.
 * A rule with `may` is a complete list: what it does not name is forbidden.
 */
export interface ImportRule {
  readonly name: string;
  readonly from: RegExp;
  readonly except?: RegExp;
  readonly may?: readonly RegExp[];
  readonly never?: readonly RegExp[];
}

const core = (rooms: string) => new RegExp(`^packages/core/src/(${rooms})(/|\\.ts$)`);
const valibot = /^valibot$/;
const node = /^node:/;
const OURS = /^@renderq\//;
/** Tests and their fakes may look at everything in their own package. */
const TESTS = /\.test\.ts$|\/testing\//;

export const RULES: readonly ImportRule[] = [
  {
    name: 'errors and ports import nothing',
    from: core('errors|ports'),
    except: TESTS,
    may: [core('errors|ports')],
  },
  {
    name: 'the contract knows errors and ports only',
    from: core('contract'),
    except: TESTS,
    may: [core('contract|errors|ports'), valibot],
  },
  {
    name: 'decoding answers knows the contract, not who asked',
    from: core('decode'),
    except: TESTS,
    may: [core('decode|contract|errors|ports'), valibot],
  },
  {
    name: 'checking arguments knows their shapes, not what is done with them',
    from: core('arguments'),
    except: TESTS,
    may: [core('arguments|decode|contract|errors|ports')],
  },
  {
    name: 'mechanisms never know a provider, the client or a host',
    from: core('transport|queue|retry|poll'),
    except: TESTS,
    may: [core('transport|queue|retry|poll|observe|decode|contract|errors|ports'), /^tinyqueue$/],
  },
  {
    name: 'observing reads events and states: it knows nothing of what makes them, nor any logger or meter',
    from: core('observe'),
    except: TESTS,
    may: [core('observe|arguments|contract|errors|ports')],
  },
  {
    name: 'a provider is data and pure functions: it never waits, retries, queues or sends',
    from: core('providers'),
    except: TESTS,
    may: [core('providers|decode|contract|errors|ports'), valibot],
  },
  {
    name: 'validation asks nobody: it is given the request, the provider and the schema',
    from: core('validation'),
    except: TESTS,
    may: [core('validation|decode|contract|errors'), /^@cfworker\/json-schema$/, /^fastest-levenshtein$/],
  },
  {
    name: 'Rendobar never imports PhantomFlow',
    from: core('(?:providers|api)/rendobar'),
    never: [core('(?:providers|api)/phantomflow')],
  },
  {
    name: 'PhantomFlow never imports Rendobar',
    from: core('(?:providers|api)/phantomflow'),
    never: [core('(?:providers|api)/rendobar')],
  },
  {
    name: 'the vendor surfaces stand on the client; nothing below knows them',
    from: /^packages\/core\/src\//,
    except: new RegExp(`${TESTS.source}|^packages/core/src/(api/|index\\.ts$|node\\.ts$)`),
    never: [core('api')],
  },
  {
    name: 'receiving webhooks needs no client, no queue and no provider',
    from: core('webhooks'),
    except: TESTS,
    may: [core('webhooks|arguments|decode|contract|errors|ports'), core('providers/rendobar/(?:from-wire|job)')],
  },
  {
    name: 'undici, p-queue and Node itself are met in the host room only',
    from: /^packages\/core\/src\//,
    except: new RegExp(`${TESTS.source}|^packages/core/src/host/`),
    never: [node, /^undici/, /^p-queue/],
  },
  {
    name: 'only the Node door opens the host room',
    from: /^packages\/core\/src\//,
    except: new RegExp(`${TESTS.source}|^packages/core/src/(host/|node\\.ts$)`),
    never: [core('host|node')],
  },
  {
    name: 'the host room answers ports and nothing else',
    from: core('host'),
    except: TESTS,
    may: [core('host|ports|errors|arguments'), node, /^undici/, /^p-queue/],
  },
  {
    name: 'the dispatcher knows the pure door of core only',
    from: /^packages\/dispatcher\/src\//,
    except: TESTS,
    may: [/^packages\/dispatcher\/src\//, /^@renderq\/core$/, node],
  },
  {
    name: 'the sandbox imports nothing of ours, not even a type',
    from: /^packages\/sandbox\/src\//,
    never: [OURS, /^packages\/(?!sandbox\/)/, /^mcp-server\//],
  },
  {
    name: 'core knows no host',
    from: /^packages\/core\/src\//,
    never: [/^@renderq\/(?!core)/, /^@modelcontextprotocol/, /^n8n/],
  },
  {
    name: 'the MCP server does not know the n8n nodes',
    from: /^mcp-server\/src\//,
    never: [/^nodes\//, /^n8n/],
  },
  {
    name: 'the n8n nodes use the pure door of core only',
    from: /^nodes\//,
    except: TESTS,
    never: [/^@renderq\/(?!core$)/, /^mcp-server\//],
  },
  {
    name: 'the n8n nodes take from outside what n8n gives a community package; of streams, types alone',
    from: /^nodes\/(?!build\.mjs$)/,
    except: TESTS,
    may: [/^nodes\//, /^@renderq\/core$/, /^n8n-workflow$/, /^node:(?:crypto|stream)$/],
  },
  {
    name: "n8n's ports know nothing of items and operations, and items nothing of operations",
    from: /^nodes\/src\/(?:host|items)\//,
    except: TESTS,
    never: [/^nodes\/src\/(?!host\/|items\/)/],
  },
  {
    name: "n8n's ports know no item",
    from: /^nodes\/src\/host\//,
    except: TESTS,
    never: [/^nodes\/src\/items\//],
  },
  {
    name: 'the demo drives the server as a stranger would: through the MCP client alone',
    from: /^packages\/demo\/src\//,
    never: [OURS],
  },
  {
    name: 'nobody reaches into the sources of another package',
    from: /./,
    never: [/^@renderq\/[^/]+\/(src|dist)\//],
  },
  {
    name: 'journeys and measurements enter by built doors',
    from: /^test\/(journeys|bench)\//,
    never: [/^packages\//, /^mcp-server\/src\//],
  },
];
