import { callOptions, submitOptions } from '../../arguments/call-options.ts';
import { fields, unchecked } from '../../arguments/check-argument.ts';
import { clientOptions } from '../../arguments/client-options.ts';
import { guard } from '../../arguments/guard.ts';
import { OBJECT, TEXT } from '../../arguments/rule.ts';
import { createAccountClient, openAccount } from '../../client.ts';
import type {
  CallOptions,
  ClientPorts,
  RenderClient,
  RenderClientOptions,
  SubmitOptions,
} from '../../contract/client.ts';
import type { JobPage, JobSnapshot } from '../../contract/job.ts';
import type { ListOptions } from '../../contract/provider.ts';
import { definedFields } from '../../decode/defined-fields.ts';
import { typed } from '../../errors/internal.ts';
import { type AccountRegistry, createAccountRegistry } from '../../queue/account-registry.ts';
import type { FileDownload } from '../../transport/download-file.ts';
import { createApiCaller } from '../api-caller.ts';
import {
  downloadOptions,
  downloadOutput,
  jobOrId,
  type DownloadOptions as PhantomFlowDownloadOptions,
} from '../download-output.ts';
import type { TransferPort } from '../transfer-port.ts';
import { type CreditEstimate, estimateCredits } from './estimate-credits.ts';
import type { PhantomFlowMovie } from './movie.ts';
import { createTemplates, type PhantomFlowTemplates } from './templates.ts';
import { type PhantomFlowNotice, parseNotice } from './webhook-notice.ts';

export type { PhantomFlowDownloadOptions };

/** What a host brings for PhantomFlow: the ports of every client, and that for files. */
export interface PhantomFlowPorts extends ClientPorts, TransferPort {}

export type PhantomFlowClientOptions = Omit<RenderClientOptions, 'provider'>;

/** The render of a stored template (PhantomFlow templates page: POST /api/render/template). */
export interface PhantomFlowTemplateRender {
  readonly templateId: string;
  /** What stands in for each `{{name}}` of the script. */
  readonly variables?: Readonly<Record<string, unknown>> | undefined;
  /** Undocumented for templates; sent as `webhook_uri`, as for a movie. */
  readonly webhookUri?: string | undefined;
}

/** All that PhantomFlow documents, over one account's limits, repeats and typed errors. */
export interface PhantomFlowClient extends RenderClient {
  /** True for a test key: the answers are mocked and nothing is billed (PhantomFlow error page: "Sandbox mode"). */
  readonly isSandbox: boolean;
  readonly jobs: {
    /** The account's jobs. No paging is documented; `limit` is kept here. */
    list(options?: ListOptions & CallOptions): Promise<JobPage>;
    /**
     * A finished film as a stream. Give the job itself to spare a look. A link that has expired is renewed by reading the
     * job, and a connection that breaks is taken up where it broke.
     */
    download(job: string | JobSnapshot, options?: PhantomFlowDownloadOptions): Promise<FileDownload>;
  };
  readonly templates: PhantomFlowTemplates;
  /** Submits a movie script. No idempotency is documented: see SubmitOptions and the README on lost answers. */
  renderMovie(movie: PhantomFlowMovie, options?: SubmitOptions): Promise<JobSnapshot>;
  /** Submits a stored template. @throws {RenderError} INVALID_REQUEST; NOT_FOUND (TEMPLATE_NOT_FOUND); FORBIDDEN. */
  renderTemplate(render: PhantomFlowTemplateRender, options?: SubmitOptions): Promise<JobSnapshot>;
  /** See {@link estimateCredits}. Asks nobody. */
  estimateCredits(movie: unknown): CreditEstimate;
  /** The JSON Schema of a movie script, read at most every five minutes; undefined where the service has none. */
  schema(options?: CallOptions): Promise<object | undefined>;
  /** Reads a webhook without believing it. @throws {RenderError} INVALID_REQUEST with field `rawBody`. */
  parseWebhook(rawBody: string): PhantomFlowNotice;
}

/** Whether a key is a test key (PhantomFlow error page: "Sandbox mode"). */
export function isPhantomFlowSandboxKey(apiKey: string): boolean {
  return typeof apiKey === 'string' && apiKey.trim().startsWith('ve_test_');
}

/** Stands for any movie script where only the kind of request matters. */
const ANY_MOVIE: PhantomFlowMovie = { scenes: [] };

/**
 * A client of one PhantomFlow account. Pass the same registry to every client of a process, so that all clients of an
 * account share its limits.
 * @throws {RenderError} INVALID_REQUEST (field `options`, `baseUrl`, `limits`, `timeoutMs` or `ports`) or UNAUTHENTICATED
 * (field `apiKey`).
 */
export function createPhantomFlowClient(
  options: PhantomFlowClientOptions,
  ports: PhantomFlowPorts,
  accounts: AccountRegistry = createAccountRegistry(),
): PhantomFlowClient {
  clientOptions(options);
  const account = openAccount({ ...options, provider: 'phantomflow' }, ports, accounts);
  const client = createAccountClient(account);
  const renders = {
    renderTemplate: (
      { templateId, variables, webhookUri }: PhantomFlowTemplateRender,
      options?: SubmitOptions,
    ): Promise<JobSnapshot> =>
      client.submit({ template_id: templateId, ...definedFields({ variables, webhook_uri: webhookUri }) }, options),
    schema: (how?: CallOptions) => client.fetchSchema(ANY_MOVIE, how),
  };
  return Object.freeze<PhantomFlowClient>({
    ...client,
    ...guard(renders, {
      renderTemplate: [
        fields('render', {
          needs: { templateId: TEXT },
          takes: { variables: OBJECT, webhookUri: TEXT },
          remedy: 'Pass an object with templateId, and variables where the template has placeholders.',
        }),
        submitOptions,
      ],
      schema: [callOptions],
    }),
    isSandbox: isPhantomFlowSandboxKey(options.apiKey),
    jobs: guard(
      {
        list: client.list,
        download: (job: string | JobSnapshot, how?: PhantomFlowDownloadOptions) =>
          typed(() => downloadOutput({ account, ports, look: client.get }, job, how)),
      },
      // The list has been checked by the client that it is of.
      { list: [unchecked], download: [jobOrId, downloadOptions] },
    ),
    templates: createTemplates(createApiCaller(account)),
    renderMovie: client.submit,
    estimateCredits,
    parseWebhook: (rawBody) => parseNotice(rawBody, client.get),
  });
}
