import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Engine, EngineSession } from '../engine/engine.ts';
import { firstErrorLine } from '../engine/log-tail.ts';
import { probeFile } from '../engine/media-info.ts';
import type { RenderProgress } from '../engine/render-progress.ts';
import { describeFile } from '../engine/rendered-file.ts';
import { type CommandTask, type RenderedFile, RenderFault, type RenderResult } from '../engine/renderer.ts';
import type { FetchSource } from '../media/source-files.ts';
import { checkCommand } from './check-command.ts';
import { refuseEngineGaps } from './engine-gaps.ts';
import { expectedSeconds } from './expected-duration.ts';
import { planCommand } from './plan-command.ts';
import { type StagedInput, stageSources } from './stage-sources.ts';

export interface CommandJob {
  readonly task: CommandTask;
  readonly workDir: string;
  readonly signal: AbortSignal;
  readonly progress: RenderProgress;
  readonly maxOutputBytes: number;
}

/** Files that are described one by one; the members of a long image sequence are alike. */
const MAX_DESCRIBED = 12;

/** Runs one FFmpeg command: checks it, brings its sources, runs it on local names, collects what it wrote. */
export async function renderCommand(engine: Engine, fetchSource: FetchSource, job: CommandJob): Promise<RenderResult> {
  const { task, workDir, signal, progress, maxOutputBytes } = job;
  const { parsed, outputNames } = checkCommand(task);
  refuseEngineGaps(parsed, engine);
  // An earlier attempt in the same folder must not pass for the output of this one.
  await Promise.all(outputNames.map((name) => rm(join(workDir, name), { force: true })));
  const staged = await stageSources(parsed, {
    declared: task.inputs,
    workDir,
    signal,
    fetchSource,
    hasSystemFonts: engine.info.kind === 'native',
    onProgress: progress.step(0, 0.15),
  });
  const ours = new Set(await readdir(workDir));
  const plan = planCommand(parsed, staged, engine);
  const session = await engine.open({ workDir, signal, maxOutputBytes });
  try {
    const total = expectedSeconds(parsed, await inputSeconds(session, staged));
    const step = progress.step(0.15, 0.97);
    const { exitCode, log } = await session.exec(plan.argv, {
      onTime: (seconds) => {
        if (total !== undefined) step(seconds / total);
      },
    });
    if (exitCode !== 0) throw ffmpegFailed(log);
    const written = (await readdir(workDir)).filter((name) => !ours.has(name));
    const files = await describeAll(session, workDir, inOrder(written, outputNames));
    if (files.length === 0 || files.some((file) => outputNames.includes(file.name) && isEmpty(file)))
      throw nothingEncoded(log);
    return { files, warnings: plan.warnings };
  } finally {
    await session.close();
    await Promise.all([...ours].map((name) => rm(join(workDir, name), { recursive: true, force: true })));
  }
}

async function inputSeconds(
  session: EngineSession,
  staged: readonly (StagedInput | undefined)[],
): Promise<readonly (number | undefined)[]> {
  const seconds: (number | undefined)[] = [];
  for (const input of staged) {
    const isTimed = input !== undefined && !['concat', 'image2'].includes(input.demuxers[0] ?? '');
    seconds.push(isTimed ? (await probeFile(session, input.file, input.demuxers)).durationSeconds : undefined);
  }
  return seconds;
}

async function describeAll(
  session: EngineSession,
  workDir: string,
  names: readonly string[],
): Promise<readonly RenderedFile[]> {
  const files: RenderedFile[] = [];
  for (const [index, name] of names.entries()) {
    files.push(await describeFile(session, workDir, name, { probe: index < MAX_DESCRIBED }));
  }
  return files;
}

/** The files that the command names come first, in its order; segments and sequence members follow by name. */
function inOrder(written: readonly string[], named: readonly string[]): readonly string[] {
  const rest = written
    .filter((name) => !named.includes(name))
    .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  return [...named.filter((name) => written.includes(name)), ...rest];
}

/** FFmpeg ends with 0 when a seek went past the end, and leaves a container with nothing inside. */
function isEmpty({ type, width, durationSeconds = 0 }: RenderedFile): boolean {
  if (type === 'audio') return durationSeconds === 0;
  return type === 'video' && width === undefined && durationSeconds === 0;
}

function nothingEncoded(log: string): RenderFault {
  const reason = 'the part of the input that it selects is empty, so nothing was encoded.';
  return new RenderFault('failed', `FFmpeg could not run the command: ${reason}`, log.slice(-2_000));
}

function ffmpegFailed(log: string): RenderFault {
  const reason = firstErrorLine(log) ?? 'it gave no reason';
  return new RenderFault('failed', `FFmpeg could not run the command: ${reason}`, log.slice(-2_000));
}
