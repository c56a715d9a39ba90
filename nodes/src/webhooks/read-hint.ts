/** What a callback names. Anybody may have written it: a reason to look, never a result. */
export interface CallbackHint {
  readonly jobId?: string | undefined;
  /** Whether it claims that the job has ended. */
  readonly claimsEnd: boolean;
}

/** Longer than any callback of either provider, in characters. */
const LONGEST_BODY = 1_000_000;

/** Both providers' words for an end, in a state or behind the dot of an event name. */
const END = /^(?:.*\.)?(?:complete|completed|succeeded|failed|cancelled|deliveries_settled)$/;

/**
 * What a callback's body names. Rendobar puts the job into `data.jobId` (flat in early 2026), PhantomFlow into `job_id`.
 * Nothing else of it is used, and nothing is believed: it may come from anybody.
 */
export function readHint(body: string): CallbackHint {
  const envelope = body.length <= LONGEST_BODY ? asRecord(parse(body)) : undefined;
  if (envelope === undefined) return { claimsEnd: false };
  const data = asRecord(envelope.data) ?? envelope;
  const jobId = [data.jobId, data.job_id, data.id].find((value) => typeof value === 'string');
  const claimsEnd = [envelope.event, data.status].some((word) => typeof word === 'string' && END.test(word));
  return { ...(typeof jobId === 'string' && { jobId }), claimsEnd };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : undefined;
}
