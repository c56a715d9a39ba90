import type { Filter } from './filter-graph.ts';
import type { FilterFile } from './filter-policy.ts';

/** One option with its flag as written. */
export type CommandOption =
  | { readonly kind: 'flag'; readonly flag: string }
  | { readonly kind: 'value'; readonly flag: string; readonly value: string }
  | { readonly kind: 'graph'; readonly flag: string; readonly graph: string; readonly filters: readonly Filter[] };

export type CommandSource =
  | { readonly kind: 'url'; readonly url: string }
  | { readonly kind: 'declared'; readonly name: string }
  /** A generated source: `-f lavfi -i testsrc2`. */
  | { readonly kind: 'generated'; readonly graph: string; readonly filters: readonly Filter[] };

export interface CommandInput {
  readonly options: readonly CommandOption[];
  readonly source: CommandSource;
}

export interface CommandOutput {
  readonly options: readonly CommandOption[];
  readonly name: string;
}

/** A command that passed every check, taken apart. */
export interface ParsedCommand {
  readonly inputs: readonly CommandInput[];
  readonly outputs: readonly CommandOutput[];
  /** Declared inputs that filters open by name. */
  readonly filterFiles: readonly FilterFile[];
}

/** The value of the last option of that name, as FFmpeg takes it. */
export function optionValue(options: readonly CommandOption[], ...flags: readonly string[]): string | undefined {
  const found = options.findLast((option) => option.kind === 'value' && flags.includes(option.flag));
  return found?.kind === 'value' ? found.value : undefined;
}
