import type { SandboxTarget, Target } from './target.ts';

/**
 * What a behaviour of the sandbox rests on.
 * - `documented`: a page of the vendor says so, or shows it in a sample.
 * - `client-source`: the vendor's own client (SDK, CLI, n8n node) relies on it.
 * - `assumed`: neither says; the sandbox had to do something.
 */
export type Basis = 'documented' | 'client-source' | 'assumed';

interface Claim {
  readonly basis: Basis;
  /** One sentence, true of the sandbox; it is the test's title and the row of docs/sandbox-fidelity.md. */
  readonly sentence: string;
  /** The page, the client, or why it was chosen. */
  readonly source: string;
}

/** A claim that a real account can be held to as well. `paid` ones start renders, which cost money. */
export interface SharedBehaviour extends Claim {
  readonly live: 'free' | 'paid';
  readonly check: (target: Target) => Promise<void>;
}

/** A claim that needs the control plane: limits, faults, time. */
export interface SandboxBehaviour extends Claim {
  readonly live?: undefined;
  readonly check: (target: SandboxTarget) => Promise<void>;
}

export type Behaviour = SharedBehaviour | SandboxBehaviour;

/** A claim about the sandbox and the test that holds it to it. */
export function behaviour(
  basis: Basis,
  sentence: string,
  source: string,
  check: (target: SandboxTarget) => Promise<void>,
): SandboxBehaviour {
  return { basis, sentence, source, check };
}

/** The same, for what a real account must do too. */
export function sharedBehaviour(
  live: 'free' | 'paid',
  basis: Basis,
  sentence: string,
  source: string,
  check: (target: Target) => Promise<void>,
): SharedBehaviour {
  return { live, basis, sentence, source, check };
}
