import type { Clock } from '@renderq/core';
import type { Dispatcher } from '@renderq/dispatcher';
import type { MediaProber } from '@renderq/sandbox/probe';
import type { Accounts } from './accounts.ts';
import type { LocalFiles } from './files/local-files.ts';
import type { Uploads } from './files/uploads.ts';

/** What tools, resources and prompts work with. */
export interface ToolContext {
  readonly accounts: Accounts;
  readonly dispatcher: Dispatcher;
  readonly clock: Clock;
  readonly files: LocalFiles;
  readonly uploads: Uploads;
  /** Loaded at the first probe. */
  readonly media: () => Promise<MediaProber>;
}
