import { setTimeout as sleep } from 'node:timers/promises';
import { type Execution, type ExecutionStatus, readExecution } from './execution.ts';
import { buildWorkflow, type WorkflowSpec } from './workflow.ts';

const OWNER = { email: 'owner@example.com', password: 'A-Passw0rd-for-tests' } as const;
const ENDED: readonly ExecutionStatus[] = ['success', 'error', 'crashed', 'canceled'];

export interface StoredWorkflow {
  readonly id: string;
  readonly name: string;
  readonly versionId: string;
  readonly [key: string]: unknown;
}

export interface CredentialInput {
  readonly name: string;
  readonly type: string;
  readonly data: object;
}

/** n8n's own REST API, as its editor uses it. */
export interface N8nClient {
  readonly url: string;
  readonly email: string;
  readonly password: string;
  /** The headers of a signed-in call, for what is no JSON. */
  headers(): Readonly<Record<string, string>>;
  request(method: string, path: string, body?: object): Promise<unknown>;
  /** Gives the credential's id. */
  createCredential(credential: CredentialInput): Promise<string>;
  /** The verdict of the credential's test: `OK`, or `Error` with n8n's words. */
  testCredential(credential: CredentialInput): Promise<{ status: string; message?: string }>;
  createWorkflow(workflow: WorkflowSpec | object): Promise<StoredWorkflow>;
  activate(workflow: StoredWorkflow): Promise<void>;
  deactivate(workflow: StoredWorkflow): Promise<void>;
  /** Starts a manual run at a trigger; gives the execution's id. */
  start(workflow: StoredWorkflow, trigger?: string): Promise<string>;
  execution(id: string): Promise<Execution>;
  executionsOf(workflow: StoredWorkflow): Promise<{ id: string; status: ExecutionStatus }[]>;
  /** Waits until an execution has one of these states; rejects with its present one after `timeoutMs`. */
  waitFor(id: string, states?: readonly ExecutionStatus[], timeoutMs?: number): Promise<Execution>;
  /** Creates a workflow, runs it by hand and waits for its end. */
  run(workflow: WorkflowSpec, timeoutMs?: number): Promise<Execution>;
  stop(executionId: string): Promise<void>;
}

export class N8nRequestError extends Error {
  readonly status: number;
  constructor(method: string, path: string, status: number, text: string) {
    super(`n8n answered ${method} ${path} with ${status}: ${text.slice(0, 2000)}`);
    this.status = status;
  }
}

/** Signs in, and makes the owner first where there is none yet. */
export async function connectN8n(url: string, major: 1 | 2): Promise<N8nClient> {
  let cookie = '';
  const headers = () => ({ 'browser-id': 'journeys', cookie });
  async function call(method: string, path: string, body?: object): Promise<{ data: unknown; response: Response }> {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { 'content-type': 'application/json', ...headers() },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new N8nRequestError(method, path, response.status, text);
    const parsed = text.startsWith('{') || text.startsWith('[') ? JSON.parse(text) : {};
    return { data: parsed.data ?? parsed, response };
  }
  async function signIn(path: string, body: object): Promise<void> {
    const { response } = await call('POST', path, body);
    cookie = response.headers
      .getSetCookie()
      .map((line) => line.split(';')[0])
      .join('; ');
  }
  const signInAsOwner = () => signIn('/rest/login', { emailOrLdapLoginId: OWNER.email, password: OWNER.password });
  await signInAsOwner().catch(() => signIn('/rest/owner/setup', { ...OWNER, firstName: 'Own', lastName: 'Er' }));

  const request: N8nClient['request'] = async (method, path, body) => (await call(method, path, body)).data;
  const client: N8nClient = {
    url,
    ...OWNER,
    headers,
    request,
    async createCredential(credential) {
      const { id } = (await request('POST', '/rest/credentials', credential)) as { id: string };
      return id;
    },
    async testCredential(credential) {
      // Major 1 tests none that is not stored.
      const id = await client.createCredential(credential);
      return (await request('POST', '/rest/credentials/test', {
        credentials: { id, ...credential },
      })) as { status: string; message?: string };
    },
    async createWorkflow(workflow) {
      const body = 'links' in workflow ? buildWorkflow(workflow as WorkflowSpec) : workflow;
      return (await request('POST', '/rest/workflows', body)) as StoredWorkflow;
    },
    async activate(workflow) {
      const { versionId } = (await request('GET', `/rest/workflows/${workflow.id}`)) as StoredWorkflow;
      if (major === 2) await request('POST', `/rest/workflows/${workflow.id}/activate`, { versionId });
      else await request('PATCH', `/rest/workflows/${workflow.id}`, { active: true, versionId });
    },
    async deactivate(workflow) {
      const { versionId } = (await request('GET', `/rest/workflows/${workflow.id}`)) as StoredWorkflow;
      if (major === 2) await request('POST', `/rest/workflows/${workflow.id}/deactivate`, {});
      else await request('PATCH', `/rest/workflows/${workflow.id}`, { active: false, versionId });
    },
    async start(workflow, trigger = 'Start') {
      const { executionId } = (await request('POST', `/rest/workflows/${workflow.id}/run`, {
        triggerToStartFrom: { name: trigger },
        ...(major === 1 ? { workflowData: workflow } : {}),
      })) as { executionId: string };
      return executionId;
    },
    async execution(id) {
      return readExecution((await request('GET', `/rest/executions/${id}`)) as Record<string, unknown>);
    },
    async executionsOf(workflow) {
      const filter = encodeURIComponent(JSON.stringify({ workflowId: workflow.id }));
      const { results } = (await request('GET', `/rest/executions?filter=${filter}&limit=50`)) as {
        results: { id: string; status: ExecutionStatus }[];
      };
      return results;
    },
    async waitFor(id, states = ENDED, timeoutMs = 60_000) {
      const deadline = Date.now() + timeoutMs;
      for (;;) {
        const execution = await client.execution(id);
        if (states.includes(execution.status)) return execution;
        if (ENDED.includes(execution.status) || Date.now() > deadline)
          throw new Error(
            `Execution ${id} is "${execution.status}", not ${states.join(' or ')}: ${JSON.stringify(execution.error?.message)}`,
          );
        await sleep(100);
      }
    },
    async run(spec, timeoutMs) {
      return client.waitFor(await client.start(await client.createWorkflow(spec)), ENDED, timeoutMs);
    },
    async stop(executionId) {
      await request('POST', `/rest/executions/${executionId}/stop`);
    },
  };
  return client;
}
