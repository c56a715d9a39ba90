import { RenderError } from '../errors/render-error.ts';
import type { Transfer } from '../ports/transfer.ts';

/** What a host brings so that files can be moved. */
export interface TransferPort {
  /** Without it, downloads and uploads throw PROVIDER_UNSUPPORTED. */
  readonly transfer?: Transfer;
}

/** @throws {RenderError} PROVIDER_UNSUPPORTED where the host brought no way to move files. */
export function transferOf({ transfer }: TransferPort): Transfer {
  if (transfer !== undefined) return transfer;
  throw new RenderError({
    code: 'PROVIDER_UNSUPPORTED',
    message: 'This client cannot move files: its host brought no transfer port.',
    remedy: 'Pass a transfer among the ports, for example createUndiciTransfer() of the Node door.',
  });
}

/** Milliseconds without a byte moving after which a file transfer has failed. */
export const IDLE_TIMEOUT_MS = 60_000;
