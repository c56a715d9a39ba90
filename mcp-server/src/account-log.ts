import { describeEvent, type RenderClient } from '@renderq/core';
import type { Logger } from './log.ts';

/** Logs every decision of an account's scheduler, each at the level that it deserves. */
export function logAccount({ provider, subscribe }: RenderClient, log: Logger): void {
  subscribe((event) => {
    const { level, message, fields } = describeEvent(event);
    log[level](event.type, { provider: provider.id, message, ...fields });
  });
}
