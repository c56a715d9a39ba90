import { inject } from 'vitest';
import { connectN8n, type N8nClient } from './n8n-client.ts';
import { controlSandbox, type SandboxControl } from './sandbox-control.ts';
import { startSandboxProcess } from './sandbox-process.ts';

/** What a test file plays on: the shared n8n, and a sandbox of its own, so that no file meets another's accounts. */
export interface Stage {
  readonly n8n: N8nClient;
  readonly sandbox: SandboxControl;
  /** Makes a credential for an account of the sandbox, or of another base URL; gives what a node's `credentials` needs. */
  credential(provider: Provider, apiKey: string, settings?: object): Promise<Readonly<Record<string, string>>>;
  restartN8n(): Promise<void>;
  n8nPid(): Promise<number>;
  close(): Promise<void>;
}

export type Provider = 'rendobar' | 'phantomflow';

export const CREDENTIAL_TYPES: Readonly<Record<Provider, string>> = {
  rendobar: 'rendobarApi',
  phantomflow: 'phantomFlowApi',
};
export const NODE_TYPES: Readonly<Record<Provider, string>> = {
  rendobar: 'n8n-nodes-renderq.rendobar',
  phantomflow: 'n8n-nodes-renderq.phantomFlow',
};

/** @param guest an n8n of the file's own, in the place of the shared one. */
export async function openStage(guest?: N8nClient): Promise<Stage> {
  const house = inject('house');
  const process = await startSandboxProcess();
  const sandbox = controlSandbox(process.url);
  let n8n = guest ?? (await connectN8n(house.n8nUrl, 2));
  const ask = async (method: string) => {
    const response = await fetch(house.doorUrl, { method });
    if (!response.ok) throw new Error(await response.text());
    return Number(await response.text());
  };
  return {
    get n8n() {
      return n8n;
    },
    sandbox,
    async credential(provider, apiKey, settings = {}) {
      const type = CREDENTIAL_TYPES[provider];
      const baseUrl = provider === 'rendobar' ? sandbox.rendobarUrl : sandbox.phantomFlowUrl;
      return {
        [type]: await n8n.createCredential({
          name: `${provider} account`,
          type,
          data: { apiKey, baseUrl, ...settings },
        }),
      };
    },
    async restartN8n() {
      await ask('POST');
      n8n = await connectN8n(house.n8nUrl, 2);
    },
    n8nPid: () => ask('GET'),
    close: () => process.stop(),
  };
}
