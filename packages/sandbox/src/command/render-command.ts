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
const NOTHING_ENCODED = /Output file is empty, nothing was encoded/;

/** Runs one FFmpeg command: checks it, brings its sources, runs it on local names, collects what it wrote. */
export async function renderCommand(engine: Engine, fetchSource: FetchSource, job: CommandJob): Promise<RenderResult> {
  const { task, workDir, signal, progress, maxOutputBytes } = job;
  const { parsed, outputNames } = checkCommand(task);
  refuseEngineGaps(parsed, engine);
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
    if (exitCode !== 0 || NOTHING_ENCODED.test(log)) throw ffmpegFailed(log);
    const written = (await readdir(workDir)).filter((name) => !ours.has(name));
    if (written.length === 0) throw ffmpegFailed(log);
    const files = await describeAll(session, workDir, inOrder(written, outputNames));
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
    seconds.push(isTimed ? (await probeFile(session, input.file)).durationSeconds : undefined);
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

function ffmpegFailed(log: string): RenderFault {
  const reason = NOTHING_ENCODED.test(log)
    ? 'it encoded nothing: the selected part of the input is empty'
    : firstErrorLine(log);
  return new RenderFault(
    'failed',
    `FFmpeg could not run the command: ${reason ?? 'it gave no reason'}`,
    log.slice(-2_000),
  );
}
