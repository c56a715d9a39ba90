import type { Dispatcher } from '@renderq/dispatcher';
import type { Accounts } from './accounts.ts';

/** What tools work with. */
export interface ToolContext {
  readonly accounts: Accounts;
  readonly dispatcher: Dispatcher;
}
