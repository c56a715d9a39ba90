import { TRANSPORT_FAULTS, WEBHOOK_FAULTS } from './fault-rule.ts';

/** Ten minutes: longer than any client waits. */
const MAX_DELAY_MS = 600_000;
const duration = { type: 'number', minimum: 0, maximum: MAX_DELAY_MS };
const share = { type: 'number', minimum: 0, maximum: 1 };
const count = { type: 'integer', minimum: 1 };

const MATCH_SCHEMA = {
  type: 'object',
  additionalProperties: false,
  properties: {
    provider: { enum: ['rendobar', 'phantomflow'] },
    method: { type: 'string' },
    path: { type: 'string' },
    jobType: { type: 'string' },
    event: { type: 'string' },
    nth: count,
    account: { type: 'string' },
  },
};

const ACTION_FIELDS = {
  code: { type: 'string' },
  message: { type: 'string', maxLength: 2000 },
  retryAfter: { type: ['number', 'string', 'null'] },
  transport: { enum: TRANSPORT_FAULTS },
  when: { enum: ['before', 'after'] },
  overMs: duration,
  job: { type: 'string' },
  afterMs: duration,
  late: { type: 'boolean' },
  hang: { enum: ['waiting', 'running'] },
  progress: share,
  output: { enum: ['expired', 'gone'] },
  webhook: { enum: WEBHOOK_FAULTS },
};

/** What a header may hold as JSON. */
export const FAULT_ACTION_SCHEMA = {
  type: 'object',
  additionalProperties: false,
  minProperties: 1,
  properties: ACTION_FIELDS,
};

const STEP_SCHEMA = {
  anyOf: [
    { const: 'ok' },
    {
      type: 'object',
      additionalProperties: false,
      minProperties: 1,
      properties: { ...ACTION_FIELDS, times: count, delayMs: duration },
    },
  ],
};

/** What a rule is made of. That exactly one action is named, and of a known code, is checked after it. */
export const FAULT_RULE_SCHEMA = {
  type: 'object',
  additionalProperties: false,
  properties: {
    match: MATCH_SCHEMA,
    do: FAULT_ACTION_SCHEMA,
    sequence: { type: 'array', minItems: 1, maxItems: 100, items: STEP_SCHEMA },
    times: { anyOf: [count, { const: 'always' }] },
    probability: share,
    seed: { type: 'integer' },
    delayMs: duration,
  },
};
