export type { EngineInfo } from './engine/renderer.ts';
export type { LimitOverrides } from './service/accounts.ts';
export { DEFAULT_KEYS } from './service/accounts.ts';
export { SANDBOX_HEADER } from './service/app.ts';
export type {
  CodeAction,
  FaultAction,
  FaultMatch,
  FaultRule,
  HangAction,
  JobAction,
  TransportAction,
} from './service/fault-rule.ts';
export { FAULT_HEADER } from './service/front-door.ts';
export type { JournalEntry } from './service/journal.ts';
export type { PlanLimits, Provider } from './service/plans.ts';
export { type Sandbox, type SandboxOptions, startSandbox } from './service/start-sandbox.ts';
