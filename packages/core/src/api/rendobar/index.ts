export type {
  RendobarAccount,
  RendobarBillingState,
  RendobarCapabilities,
  RendobarLimits,
  RendobarOrganization,
  RendobarPlan,
  RendobarUsage,
  RendobarUsageRow,
} from './account-info.ts';
export type { RendobarAsset, RendobarReadyAsset } from './asset.ts';
export { bytesSource, type RendobarAssetListOptions, type RendobarAssetPage, type RendobarAssets } from './assets.ts';
export type { RendobarCatalogue, RendobarJobType, RendobarJobTypeSchema, RendobarModel } from './catalogue.ts';
export type { RendobarLogEntry } from './job-logs.ts';
export type * from './job-params.ts';
export type * from './job-request.ts';
export type {
  RendobarCreateOptions,
  RendobarDownloadOptions,
  RendobarJobs,
  RendobarShare,
  RendobarWaitOptions,
} from './jobs.ts';
export type { RendobarJobFilter, RendobarJobPage, RendobarListOptions } from './list-jobs.ts';
export { createRendobarClient, type RendobarClient, type RendobarClientOptions } from './rendobar-client.ts';
export type { RendobarPorts } from './rendobar-ports.ts';
export type {
  RendobarStorage,
  RendobarStorageConnection,
  RendobarStoragePage,
  RendobarStoredObject,
} from './storage.ts';
export type { RendobarUploadOptions } from './upload-asset.ts';
export type { RendobarUploadState } from './upload-session.ts';
export type { RendobarCommandCheck } from './validate-command.ts';
export type {
  NewRendobarWebhookEndpoint,
  RendobarWebhookEndpoint,
  RendobarWebhookEndpointChanges,
  RendobarWebhooks,
} from './webhook-endpoints.ts';
