import {
  type AccountState,
  type ErrorRecord,
  type JobSnapshot,
  type RenderClient,
  RenderError,
  type RenderProvider,
  type Settlement,
  type SubmitOptions,
  TERMINAL_STATES,
  type ValidationIssue,
  type ValidationReport,
} from '@renderq/core';

/** A provider whose service lives in the test. */
export const fakeProvider = (
  id: string,
  displayName: string,
  issues: readonly ValidationIssue[] = [],
): RenderProvider =>
  ({
    id,
    displayName,
    defaultBaseUrl: `https://api.${id}.test`,
    env: { apiKey: `${id.toUpperCase()}_API_KEY`, baseUrl: `${id.toUpperCase()}_BASE_URL` },
    defaultLimits: { requestsPerMinute: 10, concurrentJobs: 1 },
    idempotentSubmit: id === 'rendobar',
    overCap: 'refuse',
    errors: { RATE_LIMIT_EXCEEDED: { code: 'RATE_LIMITED' }, VALIDATION_ERROR: { code: 'INVALID_REQUEST' } },
    check: () => issues,
    bundledSchema: () => undefined,
    cancel: id === 'rendobar' ? () => ({ method: 'POST', path: '/cancel' }) : null,
  }) as unknown as RenderProvider;

/** One account of a fake provider, scripted by the test. */
export interface FakeAccount {
  readonly client: RenderClient;
  readonly submits: { readonly request: unknown; readonly options: SubmitOptions }[];
  /** Thrown by the next submits while set; `queued` refusals go through `refusal` instead. */
  submitFault: unknown;
  /** Called instead of accepting while set. */
  onSubmit: ((options: SubmitOptions) => Promise<JobSnapshot>) | undefined;
  lookFault: unknown;
  cancelFault: unknown;
  /** What a validation answers. */
  report: ValidationReport;
  validateFault: unknown;
  state: AccountState;
  /** What became of a lost submit. */
  settlement: Settlement;
  /** What the provider serves as schema, or why it does not. */
  schema: object | undefined;
  /** What renderq has bundled for it. */
  bundled: object | undefined;
  move(remoteId: string, change: Partial<JobSnapshot>): void;
  breakWaits(fault: unknown): void;
  /** Every wait in progress hears that its next look is held up. */
  holdUp(error: ErrorRecord): void;
}

/** Makes an account whose jobs are `<provider>-1`, `<provider>-2` and so on. */
export function createFakeAccount(provider: RenderProvider): FakeAccount {
  const jobs = new Map<string, JobSnapshot>();
  const watchers = new Set<{
    readonly id: string;
    hear(job: JobSnapshot): void;
    fail(fault: unknown): void;
    holdUp(error: ErrorRecord): void;
  }>();

  const find = (id: string): JobSnapshot => {
    if (account.lookFault) throw account.lookFault;
    const job = jobs.get(id);
    if (!job) throw new RenderError({ code: 'NOT_FOUND', message: 'no such job', provider: provider.id });
    return job;
  };

  const client: RenderClient = {
    provider,
    async submit(request, options = {}) {
      account.submits.push({ request, options });
      options.onSend?.();
      if (account.submitFault) throw account.submitFault;
      const id = `${provider.id}-${account.submits.length}`;
      const job: JobSnapshot = account.onSubmit
        ? await account.onSubmit(options)
        : { provider: provider.id, id, state: 'queued', providerState: 'waiting' };
      jobs.set(job.id, job);
      return job;
    },
    get: async (id) => find(id),
    list: async () => ({ jobs: [...jobs.values()] }),
    async cancel(id) {
      if (account.cancelFault) throw account.cancelFault;
      const job: JobSnapshot = { ...find(id), state: 'cancelled', providerState: 'cancelled' };
      jobs.set(id, job);
      return job;
    },
    wait: (id, { signal, onChange, onTrouble } = {}) =>
      new Promise((resolve, reject) => {
        const watcher = {
          id,
          hear(job: JobSnapshot) {
            onChange?.(job);
            if (TERMINAL_STATES.has(job.state) && watchers.delete(watcher)) resolve(job);
          },
          holdUp: (error: ErrorRecord) => onTrouble?.(error),
          fail(fault: unknown) {
            watchers.delete(watcher);
            reject(fault);
          },
        };
        watchers.add(watcher);
        signal?.addEventListener('abort', () => watcher.fail(signal.reason), { once: true });
      }),
    async fetchSchema() {
      if (account.schema instanceof Error) throw account.schema;
      return account.schema;
    },
    async validate() {
      if (account.validateFault) throw account.validateFault;
      return account.report;
    },
    announce: () => undefined,
    recovery: { adopt: () => undefined, evidence: () => ({}), settle: async () => account.settlement },
    subscribe: () => () => undefined,
    state: () => account.state,
    check: provider.check,
  };

  const account: FakeAccount = {
    client,
    submits: [],
    submitFault: undefined,
    onSubmit: undefined,
    lookFault: undefined,
    cancelFault: undefined,
    report: { valid: true, issues: [], checkedAgainst: 'live' },
    validateFault: undefined,
    settlement: { outcome: 'absent' },
    state: {
      provider: provider.id,
      baseUrl: provider.defaultBaseUrl,
      window: { requestsPerMinute: 10 },
      slots: { capacity: 1, allowed: 1, taken: 0, foreign: 0, jobs: [] },
      queue: { waiting: 0, owners: 0 },
      watched: { jobs: 0 },
    },
    schema: undefined,
    bundled: undefined,
    move(id, change) {
      const before = jobs.get(id) ?? { provider: provider.id, id, state: 'running', providerState: 'running' };
      const job = { ...before, ...change };
      jobs.set(id, job);
      for (const watcher of [...watchers]) if (watcher.id === id) watcher.hear(job);
    },
    breakWaits(fault) {
      for (const watcher of [...watchers]) watcher.fail(fault);
    },
    holdUp(error) {
      for (const watcher of watchers) watcher.holdUp(error);
    },
  };
  Object.assign(provider, { bundledSchema: () => account.bundled });
  return account;
}
