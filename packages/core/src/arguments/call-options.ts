import type { SchemaSource } from '../contract/validation.ts';
import { type ArgumentCheck, argument, type FieldRules, options } from './check-argument.ts';
import { CALLBACK, COUNT, DURATION, JOB_ID, NUMBER, oneOf, SIGNAL, TEXT } from './rule.ts';

/** What every call takes. */
export const CALL_FIELDS: FieldRules = { maxQueueMs: DURATION, signal: SIGNAL };

/** The idempotency key is checked where it is used: not every provider has one. */
export const SUBMIT_FIELDS: FieldRules = {
  ...CALL_FIELDS,
  owner: TEXT,
  priority: NUMBER,
  checkAgainst: oneOf(['live', 'bundled', 'none'] satisfies SchemaSource[]),
  onQueued: CALLBACK,
  onSend: CALLBACK,
};

export const WAIT_FIELDS: FieldRules = {
  timeoutMs: DURATION,
  signal: SIGNAL,
  onChange: CALLBACK,
  onTrouble: CALLBACK,
};

export const jobId: ArgumentCheck = argument('jobId', JOB_ID);
export const callOptions: ArgumentCheck = options(CALL_FIELDS);
export const submitOptions: ArgumentCheck = options(SUBMIT_FIELDS);
export const waitOptions: ArgumentCheck = options(WAIT_FIELDS);
export const listOptions: ArgumentCheck = options({ ...CALL_FIELDS, limit: COUNT });
