import { faultFields, type Logger } from './log.ts';

/** How long the parts of a server that stops may take in all, in milliseconds: one that hangs must not keep the process alive. */
const LONGEST_CLOSE_MS = 2000;

/**
 * Makes the one way in which a server ends its process: whatever asks first is logged, `close` runs once, and the process
 * exits with 0 when it is done or has taken too long (`longestMs`). SIGINT and SIGTERM ask for it; a second one exits at once.
 */
export function createStop(
  log: Logger,
  close: () => Promise<unknown>,
  longestMs: number = LONGEST_CLOSE_MS,
): (reason: string) => void {
  let isStopping = false;
  const stop = (reason: string): void => {
    if (isStopping) return;
    isStopping = true;
    log.info('closing', { reason });
    const exit = (): void => process.exit(0);
    setTimeout(exit, longestMs);
    close().then(exit, exit);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (isStopping) process.exit(1);
      stop(signal);
    });
  }
  // A log that nobody reads any more must not end the work.
  process.stderr.on('error', () => undefined);
  process.on('unhandledRejection', (fault) => log.error('unhandled-rejection', faultFields(fault)));
  return stop;
}
