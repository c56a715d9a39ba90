import { homedir, tmpdir } from 'node:os';

/** Keeps the last `limit` characters of a stream of log lines. FFmpeg may write megabytes of warnings. */
export interface LogTail {
  add(text: string): void;
  read(): string;
}

export function createLogTail(limit = 65_536): LogTail {
  let kept = '';
  return {
    add(text) {
      kept += text;
      if (kept.length > limit * 2) kept = kept.slice(-limit);
    },
    read: () => kept.slice(-limit),
  };
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: terminal colours and other control bytes are what this removes
const CONTROL = /\u001b\[[0-9;]*m|[\u0000-\u0008\u000b-\u001f\u007f]/g;

/** Removes control characters and every mention of the given folders and of the usual local roots. */
export function withoutLocalPaths(text: string, folders: readonly string[]): string {
  let clean = text.replace(CONTROL, '');
  const roots = [...folders, tmpdir(), homedir()].filter((root) => root.length > 1);
  for (const root of [...new Set(roots)].sort((a, b) => b.length - a.length)) {
    clean = clean.replaceAll(`${root}/`, '').replaceAll(root, '.');
  }
  return clean;
}

const NOISE = /^(Conversion failed!|Aborted\(|Error while decoding stream|\[.*\] (Last message repeated|kb\/s))/;
const TROUBLE =
  /\b(error|invalid|no such|not found|unable|cannot|can't|could not|failed|unknown|unrecognized|not on whitelist|denied|does not contain|matches no streams|must be|missing|out of range|too (large|many|big))\b/i;

/** The first line in which FFmpeg says what is wrong; it repeats the consequence many times after it. */
export function firstErrorLine(log: string): string | undefined {
  const lines = log.split('\n').map((line) => line.trim());
  const line = lines.find((candidate) => TROUBLE.test(candidate) && !NOISE.test(candidate));
  return line?.replace(/^\[[^\]]* @ 0x[0-9a-f]+\] /, '').slice(0, 300);
}
