export type { EngineInfo } from './engine/renderer.ts';
export type { LimitOverrides } from './service/accounts.ts';
export { DEFAULT_KEYS } from './service/accounts.ts';
export { FaultRuleError } from './service/fault-check.ts';
export type {
  CodeAction,
  DelayStep,
  FaultAction,
  FaultMatch,
  FaultRule,
  FaultStep,
  HangAction,
  JobAction,
  OutputAction,
  TransportAction,
  WebhookAction,
} from './service/fault-rule.ts';
export { FAULT_HEADER } from './service/front-door.ts';
export type { JournalEntry } from './service/journal.ts';
export { SANDBOX_HEADER } from './service/mark.ts';
export type { PlanLimits, Provider } from './service/plans.ts';
export { type Sandbox, type SandboxOptions, startSandbox } from './service/start-sandbox.ts';
