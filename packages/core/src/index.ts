export { type CreditEstimate, estimateCredits } from './api/phantomflow/estimate-credits.ts';
export type { PhantomFlowElement, PhantomFlowMovie, PhantomFlowScene } from './api/phantomflow/movie.ts';
export {
  createPhantomFlowClient,
  isPhantomFlowSandboxKey,
  type PhantomFlowClient,
  type PhantomFlowClientOptions,
  type PhantomFlowDownloadOptions,
  type PhantomFlowPorts,
  type PhantomFlowTemplateRender,
} from './api/phantomflow/phantomflow-client.ts';
export type {
  NewPhantomFlowTemplate,
  PhantomFlowTemplate,
  PhantomFlowTemplatePage,
  PhantomFlowTemplates,
} from './api/phantomflow/templates.ts';
export type { PhantomFlowNotice } from './api/phantomflow/webhook-notice.ts';
export * from './api/rendobar/index.ts';
export { createRenderClient } from './client.ts';
export type { AccountEvent, AccountEventType, AccountListener, RequestPurpose } from './contract/account-event.ts';
export type { AccountState } from './contract/account-state.ts';
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
export type {
  AccountEvidence,
  AccountMemory,
  AccountRecovery,
  LostSubmit,
  Settlement,
} from './contract/recovery.ts';
export type { SchemaSource, ValidationReport } from './contract/validation.ts';
export {
  type CategoryOf,
  type CodesOf,
  ERROR_CODES,
  type ErrorCategory,
  RENDER_ERROR_CODES,
  type RenderErrorCode,
} from './errors/codes.ts';
export { asRenderError } from './errors/internal.ts';
export { matchError } from './errors/match-error.ts';
export type { ProviderCode, ProviderErrorCodes, ProviderName, UnlistedProviderCode } from './errors/provider-code.ts';
export { cleanText } from './errors/redact.ts';
export { type ErrorIssue, type ErrorRecord, RenderError, type RenderErrorInit } from './errors/render-error.ts';
export { describeEvent, type EventDescription, type EventFields, type EventLevel } from './observe/describe-event.ts';
export { describeState } from './observe/describe-state.ts';
export type {
  MetricAttributes,
  MetricCounter,
  MetricHistogram,
  MetricInstrumentOptions,
  MetricMeter,
  MetricObservation,
} from './observe/meter.ts';
export { type MeasuredClient, type MetricsOptions, recordMetrics } from './observe/record-metrics.ts';
export type { Clock } from './ports/clock.ts';
export type { HmacSha256, Sha256 } from './ports/digest.ts';
export {
  type HttpRequest,
  type HttpResponse,
  type HttpTransport,
  type SendState,
  TransportError,
  type TransportFault,
} from './ports/http-transport.ts';
export type { Lane, LaneFactory } from './ports/lane.ts';
export type { DownloadAnswer, DownloadRequest, Transfer, UploadRequest } from './ports/transfer.ts';
export type { UploadSource } from './ports/upload-source.ts';
export { type ErrorLike, isProviderError, knownProviderCode, type ProviderErrorRecord } from './provider-error.ts';
export type { PhantomFlowErrorCode } from './providers/phantomflow/errors.ts';
export type { RendobarErrorCode } from './providers/rendobar/errors.ts';
export {
  isRendobarJob,
  type RendobarDelivery,
  type RendobarFailedPhase,
  type RendobarJob,
  type RendobarStep,
} from './providers/rendobar/job.ts';
export type {
  RendobarCaptionData,
  RendobarCompressData,
  RendobarDataOf,
  RendobarJobData,
  RendobarOutput,
  RendobarProbeData,
  RendobarProbedAudio,
  RendobarProbedVideo,
  RendobarProbeSummary,
} from './providers/rendobar/job-data.ts';
export { type AccountRegistry, createAccountRegistry } from './queue/account-registry.ts';
export {
  type ErrorTableRow,
  findProvider,
  listErrorRows,
  listProviders,
  type ProviderErrorCode,
  type ProviderId,
} from './registry.ts';
export { checkApiKey } from './transport/api-key.ts';
export { parseBaseUrl } from './transport/base-url.ts';
export type { FileDownload } from './transport/download-file.ts';
export { closestWord } from './validation/closest-word.ts';
export { validateOffline } from './validation/validate-request.ts';
export * from './webhooks/index.ts';
