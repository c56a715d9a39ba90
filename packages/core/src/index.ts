export { createRenderClient } from './client.ts';
export type {
  CallOptions,
  ClientPorts,
  QueueNotice,
  RenderClient,
  RenderClientOptions,
  SubmitOptions,
  WaitOptions,
} from './contract/client.ts';
export {
  type JobCost,
  type JobOutput,
  type JobPage,
  type JobSnapshot,
  type OutputFile,
  type RemoteJobState,
  TERMINAL_STATES,
} from './contract/job.ts';
export type {
  AccountLimits,
  ListOptions,
  ProviderErrorRow,
  RenderProvider,
  ValidationIssue,
  WireCall,
} from './contract/provider.ts';
export { ERROR_CODES, type ErrorCategory, RENDER_ERROR_CODES, type RenderErrorCode } from './errors/codes.ts';
export { asRenderError } from './errors/internal.ts';
export { cleanText } from './errors/redact.ts';
export { type ErrorIssue, type ErrorRecord, RenderError, type RenderErrorInit } from './errors/render-error.ts';
export type { Clock } from './ports/clock.ts';
export {
  type HttpRequest,
  type HttpResponse,
  type HttpTransport,
  type SendState,
  TransportError,
  type TransportFault,
} from './ports/http-transport.ts';
export type { Lane, LaneFactory } from './ports/lane.ts';
export type { PhantomFlowErrorCode } from './providers/phantomflow/errors.ts';
export type { RendobarErrorCode } from './providers/rendobar/errors.ts';
export { type AccountRegistry, createAccountRegistry } from './queue/account-registry.ts';
export { type ErrorTableRow, findProvider, listErrorRows, listProviders, type ProviderId } from './registry.ts';
export { checkApiKey } from './transport/api-key.ts';
export { parseBaseUrl } from './transport/base-url.ts';
