import type { ClientPorts } from '../../contract/client.ts';
import { RenderError } from '../../errors/render-error.ts';
import type { Sha256 } from '../../ports/digest.ts';
import type { Transfer } from '../../ports/transfer.ts';

/** What a host brings for Rendobar: the ports of every client, and those for files. */
export interface RendobarPorts extends ClientPorts {
  /** Without it, downloads and uploads throw PROVIDER_UNSUPPORTED. */
  readonly transfer?: Transfer;
  /** Without it, an upload is not recognised as one that exists already. */
  readonly sha256?: () => Sha256;
}

/** @throws {RenderError} PROVIDER_UNSUPPORTED where the host brought no way to move files. */
export function transferOf({ transfer }: RendobarPorts): Transfer {
  if (transfer !== undefined) return transfer;
  throw new RenderError({
    code: 'PROVIDER_UNSUPPORTED',
    message: 'This client cannot move files: its host brought no transfer port.',
    remedy: 'Pass a transfer among the ports, for example createUndiciTransfer() of the Node door.',
  });
}

/** Milliseconds without a byte moving after which a file transfer has failed. */
export const IDLE_TIMEOUT_MS = 60_000;
