import type { CommandInput, CommandOption, ParsedCommand } from './parsed-command.ts';
import { optionValue } from './parsed-command.ts';

/** Seconds in FFmpeg's time syntax: `90`, `1.5`, `500ms`, `00:01:30.5`; undefined for anything else. */
export function parseTime(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const unit = /^(\d+(?:\.\d+)?)(ms|us|s)?$/.exec(text);
  if (unit !== null) return Number(unit[1]) / (unit[2] === 'ms' ? 1e3 : unit[2] === 'us' ? 1e6 : 1);
  const clock = /^(?:(\d+):)?(\d{1,2}):(\d{1,2}(?:\.\d+)?)$/.exec(text);
  return clock === null ? undefined : Number(clock[1] ?? 0) * 3600 + Number(clock[2]) * 60 + Number(clock[3]);
}

/**
 * Guesses how long the output will be, for progress alone: its own limit where it has one, else the longest input, or the
 * shortest where the command says so. Undefined where nothing tells, as with an input that repeats for ever.
 * `inputSeconds` is in the order of the inputs.
 */
export function expectedSeconds(
  command: ParsedCommand,
  inputSeconds: readonly (number | undefined)[],
): number | undefined {
  const lengths = command.inputs.map((input, index) => secondsOfInput(input, inputSeconds[index]));
  const known = command.outputs
    .map(({ options }) => limited(endOf(lengths, options), options))
    .filter((seconds) => seconds > 0);
  const total = Math.max(0, ...known);
  return total > 0 && Number.isFinite(total) ? total : undefined;
}

/** Seconds at which the inputs end for an output; those whose length is unknown have none. */
function endOf(lengths: readonly number[], options: readonly CommandOption[]): number {
  const known = lengths.filter((seconds) => seconds > 0);
  if (known.length === 0) return 0;
  return options.some(({ flag }) => flag === '-shortest') ? Math.min(...known) : Math.max(...known);
}

function secondsOfInput({ source, options }: CommandInput, probed: number | undefined): number {
  const generated =
    source.kind === 'generated'
      ? source.filters.flatMap((filter) => filter.options).find(({ key }) => key === 'd' || key === 'duration')?.value
      : undefined;
  const once = parseTime(generated) ?? probed ?? 0;
  // A negative count repeats without end; -1 is the documented one.
  const repeats = Number(optionValue(options, '-stream_loop') ?? 0);
  return limited(once > 0 && repeats !== 0 ? (repeats < 0 ? Infinity : once * (repeats + 1)) : once, options);
}

function limited(seconds: number, options: readonly CommandOption[]): number {
  const skipped = parseTime(optionValue(options, '-ss')) ?? 0;
  const until = parseTime(optionValue(options, '-to'));
  const limit =
    parseTime(optionValue(options, '-t')) ?? (until === undefined ? undefined : Math.max(0, until - skipped));
  const rest = Math.max(0, seconds - skipped);
  if (limit === undefined) return rest;
  return rest === 0 ? limit : Math.min(rest, limit);
}
