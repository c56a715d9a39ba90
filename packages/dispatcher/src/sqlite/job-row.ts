import type { JobRecord } from '../job-record.ts';
import { isFinished } from '../job-state.ts';
import type { Request } from '../job-store.ts';
import { forbidsRepeat, isInDoubt } from '../repeat-guard.ts';

/** What a query gives of a job. */
export interface JobRow {
  readonly sequence: number;
  readonly body: string;
  readonly request: string | null;
  readonly asked: string;
}

/** The columns of {@link JobRow}; the request is read only where the job is worked. */
export const SHOWN = 'sequence, body, NULL AS request, asked';
export const WORKED = 'sequence, body, request, asked';

const WORDS: ReadonlySet<string> = new Set(['cancel', 'look', 'settle'] satisfies Request[]);

export const readAsked = (asked: string): readonly Request[] =>
  asked.split(' ').filter((word): word is Request => WORDS.has(word));

/** The job of a row. A cancellation that was asked for shows at once, whoever carries it out. */
export function readRow({ body, request, asked }: JobRow): JobRecord {
  const record = JSON.parse(body) as JobRecord;
  return {
    ...record,
    ...(request === null ? {} : { request: JSON.parse(request) as unknown }),
    ...(readAsked(asked).includes('cancel') && !isFinished(record.state) ? { cancelRequested: true } : {}),
  };
}

/** Writes {@link writeRow}, and who has changed the job when: `:me` and `:change`. */
export const UPDATE = `UPDATE jobs SET state = :state, is_open = :is_open, is_in_doubt = :is_in_doubt,
  forbids_repeat = :forbids_repeat, remote_id = :remote_id, finished_at = :finished_at, body = :body,
  change = :change, writer = :me`;

/** The columns that change with a job; what it was accepted with is written once. */
export function writeRow(record: JobRecord) {
  const { request: _, ...body } = record;
  const isOpen = !isFinished(record.state);
  return {
    id: record.id,
    state: record.state,
    is_open: isOpen ? 1 : 0,
    is_in_doubt: isInDoubt(record) ? 1 : 0,
    forbids_repeat: forbidsRepeat(record) ? 1 : 0,
    remote_id: record.remote?.id ?? null,
    finished_at: isOpen ? null : record.updatedAt,
    body: JSON.stringify(body),
  };
}
