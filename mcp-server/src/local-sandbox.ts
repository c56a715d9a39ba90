/** The embedded sandbox, as far as this server uses it. */
export interface LocalSandbox {
  /** How to reach the stand-in of each provider, by provider id. */
  readonly accounts: Readonly<Record<string, { readonly apiKey: string; readonly baseUrl: string }>>;
  /** Which FFmpeg renders, and why that one; rejects when none can. */
  readonly engine: Promise<{ readonly kind: string; readonly version: string; readonly reason: string }>;
  close(): Promise<void>;
}

/** Starts the sandbox on a free loopback port. */
export async function startLocalSandbox(): Promise<LocalSandbox> {
  const { startSandbox } = await import('@renderq/sandbox');
  const sandbox = await startSandbox();
  // A machine without an engine is told in list_providers and in the jobs, not as an unhandled rejection.
  sandbox.engine.catch(() => undefined);
  return {
    accounts: {
      rendobar: { apiKey: sandbox.keys.rendobar, baseUrl: sandbox.rendobarUrl },
      phantomflow: { apiKey: sandbox.keys.phantomflow, baseUrl: sandbox.phantomflowUrl },
    },
    engine: sandbox.engine,
    close: () => sandbox.close(),
  };
}
