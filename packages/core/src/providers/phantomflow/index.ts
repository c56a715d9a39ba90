import type { RenderProvider } from '../../contract/provider.ts';
import { readErrorAnswer } from '../../decode/error-answer.ts';
import { bundledSchema } from './bundled-schema.ts';
import { PHANTOMFLOW_DIALECT, PHANTOMFLOW_ERRORS } from './errors.ts';
import { readJob, readList, readSchema, readSubmitted } from './from-wire.ts';
import {
  announces,
  checkRequest,
  getCall,
  kindOf,
  listCall,
  schemaCall,
  schemaSubject,
  submitCall,
} from './to-wire.ts';

/** PhantomFlow (https://phantomflow.dev): movies from JSON scripts and stored templates. */
export const phantomflow = Object.freeze({
  id: 'phantomflow',
  displayName: 'PhantomFlow',
  defaultBaseUrl: 'https://api.phantomflow.dev',
  env: { apiKey: 'PHANTOMFLOW_API_KEY', baseUrl: 'PHANTOMFLOW_BASE_URL' },
  // PhantomFlow error page, Free plan.
  defaultLimits: { requestsPerMinute: 10, concurrentJobs: 2 },
  idempotentSubmit: false,
  overCap: 'refuse',
  tellsRateWindow: true,
  errors: PHANTOMFLOW_ERRORS,
  authHeaders: (apiKey) => ({ 'x-api-key': apiKey }),
  submit: submitCall,
  get: getCall,
  list: listCall,
  cancel: null,
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
  readError: (response, nowMs) => readErrorAnswer(PHANTOMFLOW_DIALECT, response, nowMs),
} satisfies RenderProvider);
