import type { About, PageState } from './page-state.ts';

const PAGE = '/_sandbox/page';
const CONTROL = '/_sandbox';

/** What the sandbox refused, in its own words. */
export class ControlRefusal extends Error {
  override readonly name = 'ControlRefusal';
}

export async function readAbout(): Promise<About> {
  const answer = await fetch(`${PAGE}/about`);
  if (!answer.ok) throw new Error(`The sandbox answered ${answer.status}.`);
  return answer.json();
}

/** Reads the state, or keeps what it has read before while nothing has changed. */
export function createStateReader(): () => Promise<PageState> {
  let etag: string | undefined;
  let last: PageState | undefined;
  return async () => {
    const headers: Record<string, string> = etag === undefined ? {} : { 'if-none-match': etag };
    const answer = await fetch(`${PAGE}/state`, { headers, signal: AbortSignal.timeout(10_000) });
    if (answer.status === 304 && last) return last;
    if (!answer.ok) throw new Error(`The sandbox answered ${answer.status}.`);
    last = (await answer.json()) as PageState;
    etag = answer.headers.get('etag') ?? undefined;
    return last;
  };
}

/** Sends a command to the control plane. Throws ControlRefusal with the sandbox's words when it says no. */
export async function control(method: 'POST' | 'DELETE', path: string, body?: object): Promise<void> {
  const answer = await fetch(`${CONTROL}${path}`, {
    method,
    ...(body ? { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } } : {}),
  });
  if (answer.ok) return;
  const refusal = (await answer.json().catch(() => undefined)) as { error?: { message?: string } } | undefined;
  throw new ControlRefusal(refusal?.error?.message ?? `The sandbox answered ${answer.status}.`);
}

/** Where a finished file of a job is shown from. */
export function fileUrl(jobId: string, index: number): string {
  return `${PAGE}/jobs/${encodeURIComponent(jobId)}/files/${index}`;
}

/** Where a job's log is shown from. */
export function logUrl(jobId: string): string {
  return `${PAGE}/jobs/${encodeURIComponent(jobId)}/log`;
}
