import type { ErrorRecord } from '@renderq/core';
import { nameSetting } from './name-setting.ts';
import { plainLine, plainName } from './untrusted-text.ts';

const MOST_ISSUES = 20;

/** The error as it may be shown: what matters first, free texts cleaned and bounded. */
export function presentError(error: ErrorRecord): ErrorRecord {
  const { code, providerCode, message, remedy, issues, ...rest } = nameSetting(error);
  return {
    code,
    ...(providerCode === undefined ? {} : { providerCode }),
    message: plainLine(message),
    remedy,
    ...rest,
    ...(issues && {
      issues: issues.slice(0, MOST_ISSUES).map((issue) => ({
        field: plainName(issue.field),
        message: plainLine(issue.message),
      })),
    }),
  };
}
