import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, isAbsolute, join } from 'node:path';
import { runProcess } from './native-process.ts';

export type NativeProbe =
  | { readonly ok: true; readonly path: string; readonly version: string }
  | { readonly ok: false; readonly path: string; readonly problem: string };

/** `-stats_period` arrived with 4.4, `xfade` with 4.3. */
const OLDEST = [4, 4] as const;
const ENCODERS = ['libx264', 'aac'];
const FILTERS = ['overlay', 'xfade', 'ass', 'amix', 'scale', 'fps', 'loop', 'concat'];
const PROBE_TIMEOUT_MS = 5_000;

/** Names in `pathEnv` that hold an executable called `ffmpeg`, first one first. */
export async function findOnPath(pathEnv: string): Promise<string | undefined> {
  const name = process.platform === 'win32' ? 'ffmpeg.exe' : 'ffmpeg';
  for (const folder of pathEnv.split(delimiter)) {
    // A relative entry would make the answer depend on the current folder.
    if (!isAbsolute(folder)) continue;
    const path = join(folder, name);
    if (await isExecutable(path)) return path;
  }
  return undefined;
}

/** Asks one binary for its version, encoders and filters. Never throws: the problem is one sentence to show. */
export async function probeNative(path: string, env: Readonly<Record<string, string>>): Promise<NativeProbe> {
  const fail = (problem: string): NativeProbe => ({ ok: false, path, problem });
  if (!(await isExecutable(path))) return fail('it is not an executable file');
  const signal = AbortSignal.timeout(PROBE_TIMEOUT_MS);
  const ask = async (question: string) => {
    const args = ['-hide_banner', question];
    const { exitCode, stdout } = await runProcess({ command: path, args, cwd: tmpdir(), env, signal });
    if (exitCode !== 0) throw new Error(`\`ffmpeg ${question}\` ended with code ${exitCode}`);
    return stdout;
  };
  try {
    const version = /^ffmpeg version (\S+)/m.exec(await ask('-version'))?.[1];
    if (version === undefined) return fail('it does not answer `-version` as FFmpeg does');
    if (isTooOld(version)) return fail(`its version ${version} is older than ${OLDEST.join('.')}`);
    const [encoders, filters] = await Promise.all([ask('-encoders'), ask('-filters')]);
    const missing = [
      ...ENCODERS.filter((name) => !new RegExp(`^ \\S{6} ${name} `, 'm').test(encoders)),
      ...FILTERS.filter((name) => !new RegExp(`^ \\S{2,3} ${name} `, 'm').test(filters)),
    ];
    if (missing.length > 0) return fail(`it lacks ${missing.join(', ')}`);
    return { ok: true, path, version: version.replace(/^n(?=\d)/, '') };
  } catch (error) {
    if (signal.aborted) return fail(`it did not answer within ${PROBE_TIMEOUT_MS / 1000} s`);
    return fail(error instanceof Error ? error.message : 'it could not be started');
  }
}

/** Builds from the development branch have names such as `N-118193-g5f...`: those are newer than any release here. */
function isTooOld(version: string): boolean {
  const parts = /^n?(\d+)\.(\d+)/.exec(version);
  if (parts === null) return false;
  const [major, minor] = [Number(parts[1]), Number(parts[2])];
  return major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1]);
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}
