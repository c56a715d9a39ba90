import { RenderError } from '../errors/render-error.ts';

/** The refusals that a receiver has thrown: an error of the caller's own may look just like one. */
const refusals = new WeakSet<RenderError>();

/**
 * The status to answer a delivery with that a webhook receiver refused: 401 where it is not proven to come from the
 * provider, 400 where it cannot be read. Undefined for every other error, and for what `onEvent` threw: answer 500 then, so
 * that the delivery comes again.
 */
export function webhookRefusalStatus(error: unknown): 400 | 401 | undefined {
  if (!RenderError.isInstance(error) || !refusals.has(error)) return undefined;
  return error.code === 'UNAUTHENTICATED' ? 401 : 400;
}

/** Notes what a receiver's own check throws as a refusal of the delivery. */
export async function refused<T>(check: () => Promise<T>): Promise<T> {
  try {
    return await check();
  } catch (error) {
    if (RenderError.isInstance(error)) refusals.add(error);
    throw error;
  }
}

/** What the caller's own function throws is no refusal, even where it got it from a receiver itself. */
export async function ownError<T>(task: () => Promise<T>): Promise<T> {
  try {
    return await task();
  } catch (error) {
    if (RenderError.isInstance(error)) refusals.delete(error);
    throw error;
  }
}
