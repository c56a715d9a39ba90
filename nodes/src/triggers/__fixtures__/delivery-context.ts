import { Readable } from 'node:stream';
import type { IDataObject, IHttpRequestOptions, IWebhookFunctions } from 'n8n-workflow';

/** A POST that arrives at a trigger. */
export interface Delivery {
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Without one, the credential cannot be read. */
  readonly apiKey: string | undefined;
  readonly staticData?: IDataObject;
  readonly mode?: 'manual' | 'trigger';
  /** Names the node, so that no test meets what another one has seen. */
  readonly nodeId: string;
  /** Answers the provider's API; without it, nothing may be asked. */
  readonly api?: (path: string) => { readonly status: number; readonly body: object };
}

export interface TakenDelivery {
  readonly context: IWebhookFunctions;
  readonly answered: { status?: number };
  readonly asked: string[];
}

/** n8n's webhook context as far as the triggers use it. */
export function deliveryContext(delivery: Delivery): TakenDelivery {
  const { body, headers = {}, parameters, apiKey, staticData = {}, mode = 'trigger', nodeId, api } = delivery;
  const answered: { status?: number } = {};
  const asked: string[] = [];
  const context = {
    async getCredentials() {
      if (apiKey === undefined) throw new Error('The credential was deleted.');
      return { apiKey, plan: 'pro' };
    },
    getRequestObject: () => ({ rawBody: new TextEncoder().encode(body) }),
    getHeaderData: () => headers,
    getBodyData: () => JSON.parse(body),
    getNode: () => ({ id: nodeId, name: 'Trigger', parameters: {} }),
    getWorkflow: () => ({ id: 'w1', name: 'Films' }),
    getMode: () => mode,
    getNodeParameter: (name: string, fallback: unknown) => parameters[name] ?? fallback,
    getWorkflowStaticData: () => staticData,
    getResponseObject: () => ({ status: (status: number) => ({ json: () => Object.assign(answered, { status }) }) }),
    helpers: {
      async httpRequest({ url }: IHttpRequestOptions) {
        const { pathname } = new URL(url);
        asked.push(pathname);
        if (api === undefined) throw new Error('Nothing was to be asked.');
        const answer = api(pathname);
        return {
          statusCode: answer.status,
          headers: {},
          body: Readable.from([Buffer.from(JSON.stringify(answer.body))]),
        };
      },
    },
  };
  return { context: context as unknown as IWebhookFunctions, answered, asked };
}
