import type { Profile } from '../../simulator/profiles.ts';
import type { Stage } from '../../simulator/scenario.ts';

/** A client that people build today. */
export interface Peer {
  readonly name: string;
  /** What it is made of and how it is set, for the reader of the results. */
  readonly setting: string;
  /** Renders every item of the stage; each ends in the ledger. */
  run(stage: Stage, fetch: typeof globalThis.fetch): Promise<void>;
  /** Plans that it is made for. Default: all. */
  readonly isFor?: (profile: Profile) => boolean;
}
