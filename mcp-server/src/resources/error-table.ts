import { ERROR_CODES, type ErrorTableRow, listErrorRows, RENDER_ERROR_CODES } from '@renderq/core';

/** Both tables of errors as data: renderq's codes, and what each provider's code means in them. */
export function errorTable(): Readonly<Record<string, unknown>> {
  return {
    codes: RENDER_ERROR_CODES.map((code) => ({ code, ...ERROR_CODES[code] })),
    providerCodes: listErrorRows(),
  };
}

type Cell = string | number | boolean | null;

const yesNo = (is: boolean): string => (is ? 'yes' : 'no');
const row = (...cells: readonly Cell[]): string =>
  `| ${cells.map((cell) => String(cell ?? '').replaceAll('|', '\\|')).join(' | ')} |`;
const table = (head: readonly string[], rows: readonly string[]): string =>
  [row(...head), row(...head.map(() => '---')), ...rows].join('\n');

const providerRow = ({ provider, providerCode, httpStatus, code, retryable, remedy }: ErrorTableRow): string =>
  row(provider, providerCode, httpStatus ?? 'in a job', code, yesNo(retryable), remedy);

/** The same to read. */
export function errorTableMarkdown(): string {
  const codes = RENDER_ERROR_CODES.map((code) => {
    const { category, retryable, remedy } = ERROR_CODES[code];
    return row(code, category, yesNo(retryable), remedy);
  });
  return [
    '# Error codes of renderq',
    'Branch on `error.code`; `error.providerCode` is the word of the provider, verbatim.',
    table(['code', 'category', 'retryable', 'remedy'], codes),
    '# Codes of the providers',
    table(
      ['provider', 'providerCode', 'HTTP status', 'code', 'retryable', 'remedy'],
      listErrorRows().map((entry) => providerRow(entry)),
    ),
    '',
  ].join('\n\n');
}
