import { cleanText } from '@renderq/core';

export type LogLevel = 'error' | 'warn' | 'info' | 'debug';

/** What a log line may carry: ids, codes and numbers. Requests, keys and URLs have no place in it. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

export interface Logger {
  error(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields): void;
  info(event: string, fields?: LogFields): void;
  debug(event: string, fields?: LogFields): void;
}

const RANK: Readonly<Record<LogLevel, number>> = { error: 0, warn: 1, info: 2, debug: 3 };

const toStderr = (line: string): void => {
  process.stderr.write(line);
};

/** Writes one JSON object a line. stdout belongs to the protocol, so the default is stderr. */
export function createLogger(level: LogLevel, write: (line: string) => void = toStderr): Logger {
  const at =
    (own: LogLevel) =>
    (event: string, fields: LogFields = {}): void => {
      if (RANK[own] > RANK[level]) return;
      write(`${JSON.stringify({ time: new Date().toISOString(), level: own, event, ...fields })}\n`);
    };
  return { error: at('error'), warn: at('warn'), info: at('info'), debug: at('debug') };
}

/** A fault as a log may hold it: its kind and where it came from, without local folders. */
export function faultFields(fault: unknown): LogFields {
  if (!(fault instanceof Error)) return { fault: typeof fault };
  const frame = fault.stack?.split('\n').find((line) => line.trimStart().startsWith('at '));
  const at = frame?.trim().replace(/(?:file:\/\/)?[^\s()]*[\\/](?=[^\\/]+$)/, '');
  return { fault: fault.name, message: cleanText(fault.message, 300), at };
}
