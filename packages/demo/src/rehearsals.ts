import { MOVIE } from './films.ts';
import type { Gateway, Job, TypedError } from './gateway.ts';
import { submit, watch } from './render.ts';
import type { SandboxControl } from './sandbox-control.ts';
import { bad, bold, fact, good, line, warm } from './terminal.ts';

/** A film that costs next to nothing: what is rehearsed here is the failure. */
const SMALL = {
  width: 320,
  height: 180,
  fps: 10,
  quality: 'low',
  scenes: [{ duration: 1, background: '#14213D', elements: [] }],
};

/** What a caller branches to, by the category of the code: the three ways out that every flow has. */
function branchFor(error: TypedError): string {
  if (error.retryable) return 'wait, then go on: nothing was billed';
  if (error.code === 'INSUFFICIENT_CREDITS') return 'alert the owner of the account, pause the batch';
  return 'hand it back to whoever wrote the request';
}

function show(error: TypedError): void {
  fact('code', `${bad(error.code)}${error.providerCode ? ` (provider says ${error.providerCode})` : ''}`);
  if (error.field) fact('field', bold(error.field));
  fact('message', error.message);
  if (error.required !== undefined)
    fact('credits', `${error.required} required, ${error.balance ?? 'an unknown number'} held`);
  if (error.retryAfterMs !== undefined) fact('wait', `${Math.ceil(error.retryAfterMs / 1000)} s`);
  fact('remedy', error.remedy);
  fact('branch', warm(branchFor(error)));
}

function expectError(job: Job, code: string): TypedError {
  if (job.error?.code !== code) throw new Error(`expected ${code}, got ${job.error?.code ?? job.state}`);
  return job.error;
}

export async function wrongType(gateway: Gateway): Promise<void> {
  const [first, ...rest] = MOVIE.scenes;
  const movie = { ...MOVIE, scenes: [{ ...first, duration: 'three' }, ...rest] };
  line(bold('1. A movie whose scenes.0.duration is a word'));
  const job = await submit(gateway, { provider: 'phantomflow', request: movie });
  show(expectError(await watch(gateway, job, () => {}), 'INVALID_REQUEST'));
}

export async function notEnoughCredits(gateway: Gateway, sandbox: SandboxControl): Promise<void> {
  line(bold('2. A film of 9 seconds on an account that holds 4 credits'));
  await sandbox.setCredits(4);
  const job = await submit(gateway, { provider: 'phantomflow', request: MOVIE });
  show(expectError(await watch(gateway, job, () => {}), 'INSUFFICIENT_CREDITS'));
  await sandbox.setCredits(1000);
}

export async function rateLimit(gateway: Gateway, sandbox: SandboxControl): Promise<void> {
  line(bold('3. A rate limit, waited out'));
  await sandbox.refuseOnce('RATE_LIMIT_EXCEEDED', { retryAfterSeconds: 4 });
  const started = Date.now();
  let refusal: TypedError | undefined;
  const job = await submit(gateway, { provider: 'phantomflow', request: SMALL });
  refusal = job.queue?.error;
  const end = await watch(gateway, job, (seen) => {
    refusal ??= seen.queue?.error;
  });
  if (!refusal) throw new Error('the rate limit did not show while the job waited');
  show(refusal);
  if (end.state !== 'succeeded') throw new Error(`expected the job to succeed after the wait, got ${end.state}`);
  fact('outcome', good(`succeeded after ${((Date.now() - started) / 1000).toFixed(1)} s, submitted once`));
}
