/** One request that the sandbox answered; a status of 0 is a connection that was broken before an answer. */
export interface AnsweredCall {
  readonly id: number;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly code?: string;
  readonly accountId?: string;
}

/** The control plane of a sandbox: accounts, faults, clock, what was called. */
export interface SandboxControl {
  readonly rendobarUrl: string;
  readonly phantomFlowUrl: string;
  /** Adds a fault rule: `{ match?, do | sequence, times? }`. */
  addFault(rule: object): Promise<void>;
  setAccount(account: { key: string; credits?: number; plan?: string; limits?: object }): Promise<void>;
  accountId(key: string): Promise<string>;
  /** The last 1000 calls. */
  calls(): Promise<AnsweredCall[]>;
  deliveries(): Promise<Record<string, unknown>[]>;
  replay(deliveryId: string): Promise<void>;
}

export function controlSandbox(url: string): SandboxControl {
  async function call(method: string, path: string, body?: object): Promise<unknown> {
    const response = await fetch(`${url}/_sandbox${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`The sandbox answered ${method} ${path} with ${response.status}: ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  }
  return {
    rendobarUrl: `${url}/rendobar`,
    phantomFlowUrl: `${url}/phantomflow`,
    async addFault(rule) {
      await call('POST', '/faults', rule);
    },
    async setAccount(account) {
      await call('PUT', '/account', account);
    },
    async accountId(key) {
      return ((await call('GET', `/account?key=${key}`)) as { id: string }).id;
    },
    async calls() {
      return ((await call('GET', '/requests')) as { requests: AnsweredCall[] }).requests;
    },
    async deliveries() {
      return ((await call('GET', '/webhooks')) as { deliveries: Record<string, unknown>[] }).deliveries;
    },
    async replay(deliveryId) {
      await call('POST', `/webhooks/${deliveryId}/replay`);
    },
  };
}
