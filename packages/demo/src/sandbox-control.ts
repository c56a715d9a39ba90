/** The embedded sandbox's key for PhantomFlow: public, worth nothing anywhere else. */
const KEY = 've_test_sandbox';

/** The sandbox's control plane, as far as the rehearsals need it. */
export interface SandboxControl {
  setCredits(credits: number): Promise<void>;
  /** Answers the next submit with a vendor code, once. */
  refuseOnce(code: string, options: { readonly retryAfterSeconds: number }): Promise<void>;
}

/** `baseUrl` is the PhantomFlow base URL of a sandbox, as list_providers shows it. */
export function controlOf(baseUrl: string): SandboxControl {
  const control = new URL('/_sandbox/', baseUrl);
  const send = async (method: string, path: string, body: unknown): Promise<void> => {
    const answer = await fetch(new URL(path, control), {
      method,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`the sandbox refused ${method} ${path}: ${answer.status} ${await answer.text()}`);
  };
  return {
    setCredits: (credits) => send('PUT', 'account', { key: KEY, credits }),
    refuseOnce: (code, { retryAfterSeconds }) =>
      send('POST', 'faults', {
        match: { provider: 'phantomflow', method: 'POST' },
        do: { code, retryAfter: retryAfterSeconds },
        times: 1,
      }),
  };
}
