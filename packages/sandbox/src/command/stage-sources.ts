import { copyFile, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type InputSource, RenderFault } from '../engine/renderer.ts';
import { FONT_FILES } from '../media/fonts.ts';
import { DEMUXERS, type MediaKind } from '../media/media-kind.ts';
import type { FetchSource } from '../media/source-files.ts';
import { type ConcatLine, parseConcatList, writeConcatList } from './concat-list.ts';
import { drawsText, FONT_FILE, FONT_FOLDER, withScriptFont } from './filter-fonts.ts';
import type { FilterFile } from './filter-policy.ts';
import { type CommandInput, optionValue, type ParsedCommand } from './parsed-command.ts';

/** An input as it stands in the work folder. */
export interface StagedInput {
  readonly file: string;
  /** The only readers that this input may use, by FFmpeg's names. */
  readonly demuxers: readonly string[];
}

export interface StageOptions {
  readonly declared: Readonly<Record<string, InputSource>>;
  readonly workDir: string;
  readonly signal: AbortSignal;
  readonly fetchSource: FetchSource;
  /** False where a font family that the script names can only be the packaged one. */
  readonly hasSystemFonts: boolean;
  readonly onProgress: (share: number) => void;
}

/** What a filter may be given, by what the bytes are. A playlist that calls itself subtitles is plain text. */
const FILTER_KINDS: Readonly<Record<string, readonly MediaKind[]>> = {
  subtitles: ['srt', 'vtt', 'ass', 'matroska', 'mp4'],
  ass: ['ass'],
  drawtext: ['font'],
  lut3d: ['text'],
  lut1d: ['text'],
};

/**
 * Brings everything that a command reads into the work folder, once for each source. Inputs get names of ours (`in0`,
 * `in1`): a name of the caller's never chooses the reader. Pictures get the ending that their bytes deserve, because
 * only FFmpeg's file-sequence reader can repeat a picture, and it goes by the ending.
 * Throws RenderFault `source-*`, and `invalid-command` for a concat list that reaches further.
 */
export async function stageSources(
  command: ParsedCommand,
  options: StageOptions,
): Promise<readonly (StagedInput | undefined)[]> {
  const staged = new Map<string, Promise<StagedInput>>();
  const wanted = command.inputs.filter(({ source }) => source.kind !== 'generated').length + command.filterFiles.length;
  let fetched = 0;
  const done = () => {
    fetched += 1;
    options.onProgress(fetched / wanted);
  };

  const stage = (key: string, source: InputSource, label: string): Promise<StagedInput> => {
    const known = staged.get(key);
    if (known !== undefined) return known;
    const made = stageMedia(source, `in${staged.size}`, label, options);
    staged.set(key, made);
    return made;
  };
  const stageDeclared = (name: string) => stage(`name ${name}`, declaredSource(name, options), `Input '${name}'`);

  for (const file of command.filterFiles) {
    await stageFilterFile(file, options);
    done();
  }
  await stageFonts(command, options.workDir);
  const inputs: (StagedInput | undefined)[] = [];
  for (const [index, input] of command.inputs.entries()) {
    if (input.source.kind === 'generated') inputs.push(undefined);
    else {
      if (isConcatList(input)) inputs.push(await stageList(input, `list${index}`, options, stageDeclared));
      else if (input.source.kind === 'url')
        inputs.push(
          await stage(`url ${input.source.url}`, { url: input.source.url }, `Input ${index + 1} of the command`),
        );
      else inputs.push(await stageDeclared(input.source.name));
      done();
    }
  }
  return inputs;
}

async function stageMedia(
  source: InputSource,
  file: string,
  label: string,
  options: StageOptions,
): Promise<StagedInput> {
  const { workDir, signal, fetchSource } = options;
  const toPath = join(workDir, file);
  const kind = await fetchSource({ source, toPath, label, signal });
  const demuxer = DEMUXERS[kind];
  if (demuxer === undefined) {
    throw new RenderFault(
      'source-not-media',
      `${label}: the source is ${kind === 'text' ? 'plain text' : `a ${kind} file`}, not media.`,
    );
  }
  if (demuxer !== 'image2') return { file, demuxers: [demuxer] };
  const named = `${file}.${kind === 'jpeg' ? 'jpg' : kind}`;
  await rename(toPath, join(workDir, named));
  return { file: named, demuxers: [demuxer] };
}

async function stageFilterFile({ filter, name }: FilterFile, options: StageOptions): Promise<void> {
  const label = `Input '${name}'`;
  const toPath = join(options.workDir, name);
  const kind = await options.fetchSource({
    source: declaredSource(name, options),
    toPath,
    label,
    signal: options.signal,
  });
  const allowed = FILTER_KINDS[filter] ?? [];
  if (!allowed.includes(kind)) {
    throw new RenderFault(
      'source-not-media',
      `${label}: filter '${filter}' needs ${allowed.join(', ')}; the source is ${kind}.`,
    );
  }
  if (kind === 'ass' && !options.hasSystemFonts)
    await writeFile(toPath, withScriptFont(await readFile(toPath, 'utf8')));
}

async function stageList(
  input: CommandInput,
  file: string,
  options: StageOptions,
  stageDeclared: (name: string) => Promise<StagedInput>,
): Promise<StagedInput> {
  const { source } = input;
  const label = source.kind === 'declared' ? `Input '${source.name}'` : 'The concat list';
  const toPath = join(options.workDir, file);
  const from =
    source.kind === 'url'
      ? { url: source.url }
      : source.kind === 'declared'
        ? declaredSource(source.name, options)
        : undefined;
  if (from === undefined) throw new RenderFault('invalid-command', 'A concat list cannot be generated.');
  const kind = await options.fetchSource({ source: from, toPath, label, signal: options.signal });
  if (kind !== 'text')
    throw new RenderFault('source-not-media', `${label}: a concat list is plain text; the source is ${kind}.`);
  const lines: readonly ConcatLine[] = parseConcatList(await readFile(toPath, 'utf8'), (name) =>
    Object.hasOwn(options.declared, name),
  );
  const members = new Map<string, StagedInput>();
  for (const line of lines) if (line.kind === 'file') members.set(line.name, await stageDeclared(line.name));
  await writeFile(
    toPath,
    writeConcatList(lines, (name) => members.get(name)?.file ?? name),
  );
  return { file, demuxers: ['concat', ...new Set([...members.values()].flatMap(({ demuxers }) => demuxers))] };
}

async function stageFonts(command: ParsedCommand, workDir: string): Promise<void> {
  const graphs = command.outputs.flatMap(({ options }) =>
    options.flatMap((option) => (option.kind === 'graph' ? option.filters : [])),
  );
  if (!graphs.some(drawsText)) return;
  await mkdir(join(workDir, FONT_FOLDER), { recursive: true });
  await copyFile(FONT_FILES.regular, join(workDir, FONT_FILE));
}

function isConcatList({ options }: CommandInput): boolean {
  return optionValue(options, '-f') === 'concat';
}

function declaredSource(name: string, { declared }: StageOptions): InputSource {
  const source = Object.hasOwn(declared, name) ? declared[name] : undefined;
  if (source === undefined) throw new RenderFault('invalid-command', `Input '${name}' is not declared in 'inputs'.`);
  return source;
}
