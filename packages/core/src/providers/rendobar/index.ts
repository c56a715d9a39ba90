import type { RenderProvider } from '../../contract/provider.ts';
import { readErrorAnswer } from '../../decode/error-answer.ts';
import { bundledSchema } from './bundled-schema.ts';
import { RENDOBAR_DIALECT, RENDOBAR_ERRORS } from './errors.ts';
import { readJob, readList, readSchema, readSubmitted } from './from-wire.ts';
import { resubmitCall } from './idempotency-key.ts';
import {
  announces,
  cancelCall,
  checkRequest,
  getCall,
  kindOf,
  listCall,
  schemaCall,
  schemaSubject,
  submitCall,
} from './to-wire.ts';

/** Rendobar (https://rendobar.com): FFmpeg, compositions, captions and images as jobs. */
export const rendobar = Object.freeze({
  id: 'rendobar',
  displayName: 'Rendobar',
  defaultBaseUrl: 'https://api.rendobar.com',
  env: { apiKey: 'RENDOBAR_API_KEY', baseUrl: 'RENDOBAR_BASE_URL' },
  // Rendobar limits page, Free plan.
  defaultLimits: { requestsPerMinute: 120, concurrentJobs: 1 },
  idempotentSubmit: true,
  overCap: 'queue',
  tellsRateWindow: false,
  errors: RENDOBAR_ERRORS,
  authHeaders: (apiKey) => ({ authorization: `Bearer ${apiKey}`, 'x-rendobar-client': 'renderq' }),
  submit: submitCall,
  get: getCall,
  list: listCall,
  cancel: cancelCall,
  resubmit: resubmitCall,
  kindOf,
  announces,
  schema: schemaCall,
  bundledSchema,
  schemaSubject,
  check: checkRequest,
  readSubmitted,
  readJob,
  readList,
  readSchema,
  readError: (response, nowMs) => readErrorAnswer(RENDOBAR_DIALECT, response, nowMs),
} satisfies RenderProvider);
