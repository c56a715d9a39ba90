import type { EngineSession } from '../engine/engine.ts';
import { firstErrorLine } from '../engine/log-tail.ts';
import { RenderFault } from '../engine/renderer.ts';

/** Runs one step of a film. Throws RenderFault `failed` with FFmpeg's first words on what went wrong. */
export async function runStep(
  session: EngineSession,
  args: readonly string[],
  onTime?: (seconds: number) => void,
): Promise<void> {
  const { exitCode, log } = await session.exec(args, onTime === undefined ? {} : { onTime });
  if (exitCode === 0) return;
  const reason = firstErrorLine(log) ?? 'FFmpeg gave no reason';
  throw new RenderFault('failed', `The film could not be encoded: ${reason}`, log.slice(-2_000));
}
