import {
  type AccountEvidence,
  type AccountMemory,
  type ErrorRecord,
  type JobSnapshot,
  type LostSubmit,
  type RenderClient,
  RenderError,
  type RenderProvider,
  type Settlement,
  type SubmitOptions,
  TERMINAL_STATES,
  type ValidationIssue,
} from '@renderq/core';

type Submit = (remoteId: string, options: SubmitOptions) => Promise<JobSnapshot>;

/** A provider's account whose every answer is scripted by the test. */
export interface FakeClient {
  readonly client: RenderClient;
  readonly submits: { readonly request: unknown; readonly options: SubmitOptions }[];
  readonly looks: string[];
  readonly cancels: string[];
  /** What it was told of the account's past. */
  readonly memories: AccountMemory[];
  readonly settles: LostSubmit[];
  evidence: AccountEvidence;
  /** What became of a submit whose process ended. Default: it never arrived. */
  onSettle: (lost: LostSubmit) => Promise<Settlement>;
  /** How the next submit goes. Default: sent and accepted at once. */
  onSubmit: Submit;
  issues: readonly ValidationIssue[];
  /** Thrown by looks and waits while set. */
  lookFault: unknown;
  /** Looks never come back while set. */
  holdLooks: boolean;
  cancelFault: unknown;
  /** Changes a job on the provider's side; whoever waits for it hears of it. */
  move(remoteId: string, change: Partial<JobSnapshot>): void;
  /** The provider's next word on a job, with nothing kept of what it said before. */
  replace(snapshot: JobSnapshot): void;
  /** Makes every wait in progress fail. */
  breakWaits(fault: unknown): void;
  /** Every wait in progress hears that its next look is held up. */
  holdUp(error: ErrorRecord): void;
}

export const accept: Submit = async (id, options) => {
  options.onSend?.();
  return { provider: 'fake', id, state: 'queued', providerState: 'waiting' };
};

/** Makes a client of the provider `fake`, whose job ids are `remote-1`, `remote-2` and so on. */
export function createFakeClient(idempotentSubmit = true): FakeClient {
  const provider = { id: 'fake', displayName: 'Fake', idempotentSubmit } as RenderProvider;
  const jobs = new Map<string, JobSnapshot>();
  const watchers = new Set<{
    readonly id: string;
    hear(job: JobSnapshot): void;
    fail(fault: unknown): void;
    holdUp(error: ErrorRecord): void;
  }>();

  const find = (id: string): JobSnapshot => {
    if (fake.lookFault) throw fake.lookFault;
    const job = jobs.get(id);
    if (!job) throw new RenderError({ code: 'NOT_FOUND', message: 'no such job', provider: 'fake' });
    return job;
  };

  const client: RenderClient = {
    provider,
    async submit(request, options = {}) {
      fake.submits.push({ request, options });
      const snapshot = await fake.onSubmit(`remote-${fake.submits.length}`, options);
      jobs.set(snapshot.id, snapshot);
      return snapshot;
    },
    async get(id) {
      fake.looks.push(id);
      if (fake.holdLooks) await new Promise(() => undefined);
      return find(id);
    },
    list: async () => ({ jobs: [...jobs.values()] }),
    async cancel(id) {
      fake.cancels.push(id);
      if (fake.cancelFault) throw fake.cancelFault;
      const job: JobSnapshot = { ...find(id), state: 'cancelled', providerState: 'cancelled' };
      jobs.set(id, job);
      return job;
    },
    wait: (id, { signal, onChange, onTrouble } = {}) =>
      new Promise((resolve, reject) => {
        try {
          const job = find(id);
          if (TERMINAL_STATES.has(job.state)) return resolve(job);
        } catch (fault) {
          return reject(fault);
        }
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
    fetchSchema: async () => undefined,
    validate: async () => ({ valid: true, issues: [], checkedAgainst: 'none' }),
    announce: () => undefined,
    subscribe: () => () => undefined,
    recovery: {
      adopt: (memory) => void fake.memories.push(memory),
      evidence: () => fake.evidence,
      async settle(lost) {
        fake.settles.push(lost);
        return fake.onSettle(lost);
      },
    },
    state() {
      throw new Error('This fake keeps no limits, so it has no state to tell.');
    },
    check: () => fake.issues,
  };

  const fake: FakeClient = {
    client,
    submits: [],
    looks: [],
    cancels: [],
    memories: [],
    settles: [],
    evidence: {},
    onSettle: async () => ({ outcome: 'absent' }),
    onSubmit: accept,
    issues: [],
    lookFault: undefined,
    holdLooks: false,
    cancelFault: undefined,
    move(id, change) {
      const before = jobs.get(id) ?? { provider: 'fake', id, state: 'running', providerState: 'running' };
      fake.replace({ ...before, ...change });
    },
    replace(job) {
      jobs.set(job.id, job);
      for (const watcher of [...watchers]) if (watcher.id === job.id) watcher.hear(job);
    },
    holdUp(error) {
      for (const watcher of watchers) watcher.holdUp(error);
    },
    breakWaits(fault) {
      for (const watcher of [...watchers]) watcher.fail(fault);
    },
  };
  return fake;
}
