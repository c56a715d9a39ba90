import { type Answer, json } from './answer.ts';

export const PROVIDERS = ['rendobar', 'phantomflow'] as const;
export type Provider = (typeof PROVIDERS)[number];

export const OPERATIONS = ['submit', 'get', 'list', 'cancel', 'fetchSchema', 'wait'] as const;
export type Operation = (typeof OPERATIONS)[number];

export const JOB_ID = 'job_7f3a';
/** A signed link as both vendors give them: a result may hold it, an error never. */
export const SIGNATURE = '5e1f0c9b7a6d4e3f';
export const SIGNED_URL = `https://cdn.example/film.mp4?X-Amz-Credential=ak&X-Amz-Signature=${SIGNATURE}`;

export const REQUESTS: Readonly<Record<Provider, object>> = {
  rendobar: { type: 'ffmpeg', inputs: {}, params: { command: 'ffmpeg -i in.mp4 out.mp4' } },
  phantomflow: { scenes: [{ duration: 4, elements: [] }] },
};

const SCHEMA = { $schema: 'https://json-schema.org/draft/2020-12/schema', type: 'object', properties: {} };

const RENDOBAR_DONE = {
  id: JOB_ID,
  type: 'ffmpeg',
  status: 'complete',
  createdAt: 1_788_000_000_000,
  completedAt: 1_788_000_009_000,
  output: { file: { url: SIGNED_URL, path: 'out.mp4', type: 'video', size: 1234 } },
  cost: { amount: 31_000_000, currency: 'USD', formatted: '$0.031' },
};
const PHANTOMFLOW_DONE = {
  job_id: JOB_ID,
  status: 'completed',
  created_at: '2026-11-01T10:00:00Z',
  output_url: SIGNED_URL,
  credits_used: 4,
};

/** What the vendors document as the answer when all is well, as an object whose answer it is. */
export const SOUND: Readonly<Record<Provider, Readonly<Record<Operation, Answer>>>> = {
  rendobar: {
    submit: json(201, { data: { id: JOB_ID, status: 'waiting', createdAt: 1_788_000_000_000 } }),
    get: json(200, { data: RENDOBAR_DONE }),
    wait: json(200, { data: RENDOBAR_DONE }),
    list: json(200, { data: [RENDOBAR_DONE], meta: { total: 1, page: 1, limit: 50 } }),
    cancel: json(200, { data: { id: JOB_ID, status: 'cancelled' } }),
    fetchSchema: json(200, { data: { type: 'ffmpeg', jsonSchema: SCHEMA } }),
  },
  phantomflow: {
    submit: json(202, { job_id: JOB_ID, status: 'queued', estimated_credits: 4, credits_remaining: 96 }),
    get: json(200, PHANTOMFLOW_DONE),
    wait: json(200, PHANTOMFLOW_DONE),
    list: json(200, { jobs: [PHANTOMFLOW_DONE] }),
    cancel: json(404, { error: { code: 'NOT_FOUND', message: 'no such route' } }),
    fetchSchema: json(200, SCHEMA),
  },
};
