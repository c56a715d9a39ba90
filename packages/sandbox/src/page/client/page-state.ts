// What the page asks the service for. Types alone: the service compiles them too, and it has no DOM.

export type Provider = 'rendobar' | 'phantomflow';

/** What never changes while the sandbox runs. */
export interface About {
  readonly version: string;
  readonly node: string;
  readonly providers: readonly ProviderAbout[];
}

export interface ProviderAbout {
  readonly provider: Provider;
  /** As people write it: `PhantomFlow`. */
  readonly name: string;
  readonly baseUrl: string;
  /** Codes that an answer can carry, in the order of the vendor's table. */
  readonly answers: readonly CodeInWords[];
  /** What a fault rule can do, for the form. */
  readonly faults: readonly EffectGroup[];
  /** A first job, as a command line for a POSIX shell. */
  readonly example: string;
}

export interface CodeInWords {
  readonly code: string;
  readonly status: number;
  readonly words: string;
}

/** Faults of one kind. */
export interface EffectGroup {
  readonly label: string;
  readonly effects: readonly Effect[];
}

export interface Effect {
  readonly label: string;
  /** What it means for a client. */
  readonly words: string;
  /** The `do` of the rule. */
  readonly action: object;
  /** Such a rule names no path. */
  readonly isForWebhooks?: boolean;
}

/** Everything that moves. It names no present time, so that it is equal while nothing happens. */
export interface PageState {
  /** Milliseconds by which the sandbox's clock is ahead of the machine's. */
  readonly aheadMs: number;
  readonly engine: EngineState | null;
  /** Bugs of the sandbox itself. */
  readonly defects: number;
  readonly accounts: readonly AccountState[];
  /** The newest jobs, newest first. */
  readonly jobs: Newest<JobEntry>;
  readonly faults: readonly FaultEntry[];
  /** The newest calls, newest first. */
  readonly requests: Newest<RequestEntry>;
}

/** The newest of a longer list. */
export interface Newest<Entry> {
  readonly total: number;
  readonly shown: readonly Entry[];
}

export interface EngineState {
  readonly kind: 'native' | 'wasm';
  readonly version: string;
  readonly reason: string;
}

export interface AccountState {
  readonly id: string;
  readonly provider: Provider;
  readonly plan: string;
  /** Present on the accounts that the sandbox offers by itself: no other key is known to it. */
  readonly key?: string;
  readonly window: {
    readonly used: number;
    readonly limit: number;
    /** Unix time in milliseconds on the sandbox's clock; null while the window is untouched. */
    readonly resetsAt: number | null;
  };
  readonly slots: { readonly active: number; readonly limit: number; readonly waiting: number };
  /** PhantomFlow credits, or US dollars on Rendobar. */
  readonly credits: number;
}

export type JobState = 'waiting' | 'dispatched' | 'running' | 'complete' | 'failed' | 'cancelled';

/** One job. Times are Unix milliseconds on the sandbox's clock. Its texts come from strangers. */
export interface JobEntry {
  readonly id: string;
  readonly provider: Provider;
  readonly accountId: string;
  /** What is rendered: a movie's name or first words, or a command. */
  readonly title: string;
  /** Size and length of a movie. */
  readonly measure?: string;
  readonly state: JobState;
  /** Share done, 0 to 1. */
  readonly progress: number;
  readonly createdAt: number;
  readonly startedAt?: number;
  readonly completedAt?: number;
  readonly files: readonly FileEntry[];
  readonly warnings: readonly string[];
  readonly error?: { readonly code: string; readonly message: string };
  /** PhantomFlow credits, or US dollars on Rendobar. */
  readonly cost?: number;
  /** A fault rule decided how it ends. */
  readonly rehearsed: boolean;
}

export interface FileEntry {
  readonly name: string;
  readonly type: string;
  readonly sizeBytes: number;
  readonly width?: number;
  readonly height?: number;
  readonly durationSeconds?: number;
}

export interface FaultEntry {
  readonly id: string;
  /** Which calls it is for, such as `PhantomFlow · POST /api/render`. */
  readonly calls: string;
  /** What it does to them. */
  readonly effect: string;
  /** How often it will still apply, in words. */
  readonly uses: string;
  readonly isSpent: boolean;
}

/** One call of the journal. Its texts come from strangers. */
export interface RequestEntry {
  readonly id: number;
  /** Unix milliseconds on the sandbox's clock. */
  readonly at: number;
  readonly provider: string;
  readonly method: string;
  readonly path: string;
  /** 0 where the connection was broken before there was an answer. */
  readonly status: number;
  readonly code?: string;
  /** How a fault rule broke the connection. */
  readonly transport?: string;
  readonly faultId?: string;
  readonly accountId?: string;
  readonly durationMs: number;
  readonly client?: string;
}
