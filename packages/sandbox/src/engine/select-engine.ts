import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type Confinement, findConfinement } from './confinement.ts';
import type { Engine } from './engine.ts';
import { createNativeEngine, nativeEnvironment } from './native-engine.ts';
import { findOnPath, type NativeProbe, probeNative } from './probe-native.ts';
import { RenderFault } from './renderer.ts';
import { createWasmEngine } from './wasm-engine.ts';
import { findWasmPackage } from './wasm-package.ts';

export interface EngineChoice {
  /** Renders argument lists that we wrote ourselves. */
  readonly trusted: Engine;
  /** Renders argument lists that a caller wrote. The same engine wherever that one is safe for it. */
  readonly untrusted: Engine;
}

export interface EngineWishes {
  /** `FFMPEG_PATH`: when set, this binary or an error, never something else. */
  readonly ffmpegPath?: string | undefined;
  readonly pathEnv: string;
  readonly forceEngine?: 'native' | 'wasm' | undefined;
}

const INSTALL =
  'Install a package that brings FFmpeg as WebAssembly (`npm install @ffmpeg/core@0.12.10`), or FFmpeg itself.';

/**
 * Chooses in this order: the explicit path, a capable `ffmpeg` on the PATH, WebAssembly.
 * Throws RenderFault `engine-cannot` when the explicit path does not work, or when there is no engine at all.
 */
export async function selectEngines(wishes: EngineWishes): Promise<EngineChoice> {
  if (wishes.forceEngine === 'wasm') return same(await wasmOrThrow('WebAssembly was asked for.'));
  if (wishes.ffmpegPath !== undefined && wishes.ffmpegPath !== '') return explicitNative(wishes.ffmpegPath, wishes);

  const found = await findOnPath(wishes.pathEnv);
  const probe = found === undefined ? undefined : await probeNative(found, nativeEnvironment(wishes.pathEnv, tmpdir()));
  if (probe?.ok === true) return nativeFromPath(probe, wishes);
  const why =
    probe === undefined ? 'There is no ffmpeg on the PATH.' : `The ffmpeg on the PATH is not used: ${probe.problem}.`;
  if (wishes.forceEngine === 'native') throw new RenderFault('engine-cannot', `A native FFmpeg was asked for. ${why}`);
  return same(await wasmOrThrow(why));
}

async function explicitNative(named: string, wishes: EngineWishes): Promise<EngineChoice> {
  // Runs happen in other folders than this one.
  const probe = await probeNative(resolve(named), nativeEnvironment(wishes.pathEnv, tmpdir()));
  if (!probe.ok) {
    throw new RenderFault(
      'engine-cannot',
      `FFMPEG_PATH names an FFmpeg that cannot be used: ${probe.problem}. Correct FFMPEG_PATH or unset it.`,
    );
  }
  // Whoever names a binary wants that one for everything; its confinement is the best that works with it.
  const confinement = await confine(probe, wishes);
  return same(nativeEngine(probe, confinement, wishes, `FFMPEG_PATH names it. ${howCommandsRun(confinement)}`));
}

async function nativeFromPath(probe: NativeProbe & { readonly ok: true }, wishes: EngineWishes): Promise<EngineChoice> {
  const confinement = await confine(probe, wishes);
  const wasm = confinement.complete || wishes.forceEngine === 'native' ? undefined : await findWasmPackage();
  if (wasm === undefined) {
    const reason = `It is the first capable ffmpeg on the PATH. ${howCommandsRun(confinement)}`;
    return same(nativeEngine(probe, confinement, wishes, reason));
  }
  const because = 'Commands run in WebAssembly because bubblewrap does not work here.';
  return {
    trusted: nativeEngine(probe, confinement, wishes, `It is the first capable ffmpeg on the PATH. ${because}`),
    untrusted: createWasmEngine(wasm, because),
  };
}

function howCommandsRun({ complete }: Confinement): string {
  return complete
    ? 'Commands run inside bubblewrap.'
    : 'Commands are checked but run outside a sandbox, because bubblewrap does not work here.';
}

async function confine(probe: NativeProbe, { pathEnv }: EngineWishes): Promise<Confinement> {
  const folder = await mkdtemp(join(tmpdir(), 'renderq-probe-'));
  try {
    return await findConfinement(probe.path, nativeEnvironment(pathEnv, folder), folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function nativeEngine(
  probe: NativeProbe & { readonly ok: true },
  confinement: Confinement,
  { pathEnv }: EngineWishes,
  reason: string,
): Engine {
  return createNativeEngine({ path: probe.path, version: probe.version, reason, confinement, pathEnv });
}

async function wasmOrThrow(reason: string): Promise<Engine> {
  const wasm = await findWasmPackage();
  if (wasm === undefined) throw new RenderFault('engine-cannot', `No FFmpeg was found. ${reason} ${INSTALL}`);
  return createWasmEngine(wasm, reason);
}

function same(engine: Engine): EngineChoice {
  return { trusted: engine, untrusted: engine };
}
